import { columnCap, type GridContestant, totalCap } from "../contestants/grid-contestant.ts";
import type { Entry } from "../measure/case.ts";
import { seededRandom } from "../measure/random.ts";
import { shapeOf } from "./grid.ts";
import { VirtualClock } from "./virtual-clock.ts";

/**
 * Times that a cell of the slow column takes as long as one of the others. With this, the slow column under its cap takes as
 * long as all cells under the cap for all: who lets it wait, or starts it late, cannot make up for it.
 */
const slowness = 6.6;

/** The row of a contestant: time until all is done ÷ the least that the caps allow, with the slow column first and last. */
export function makespanEntry({ name, kind, note, run }: GridContestant, cells: number): Entry {
  return {
    name,
    kind,
    note,
    count: cells,
    measure: async (count) => {
      const { rows, columns } = shapeOf(count);
      const ratios: number[] = [];
      for (const slow of [0, columns - 1]) {
        const durations = makeDurations(rows, columns, slow);
        const clock = new VirtualClock();
        const done = run({ rows, columns }, (row, column) => clock.sleep(durations[column]?.[row] ?? 0));
        ratios.push((await clock.passUntil(done)) / leastTime(durations));
      }
      return ratios;
    },
  };
}

/** By column, then by row: from half to one and a half of 1,000 units, evenly, the same in every run. */
function makeDurations(rows: number, columns: number, slow: number): number[][] {
  const random = seededRandom(1);
  return Array.from({ length: columns }, (_, column) =>
    Array.from({ length: rows }, () =>
      Math.round((0.5 + random()) * 1_000 * (column === slow ? slowness : 1)),
    ),
  );
}

function leastTime(durations: readonly (readonly number[])[]): number {
  const sums = durations.map((column) => column.reduce((sum, each) => sum + each, 0));
  return Math.max(sums.reduce((sum, each) => sum + each, 0) / totalCap, Math.max(...sums) / columnCap);
}
