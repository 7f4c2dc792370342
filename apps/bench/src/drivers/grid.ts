import type { CellWork, GridContestant, GridShape } from "../contestants/grid-contestant.ts";
import type { Entry } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";

const columns = 100;

/** A grid of about so many cells, 100 columns wide if it has as many. */
export function shapeOf(cells: number): GridShape {
  return { rows: Math.ceil(cells / columns), columns: Math.min(cells, columns) };
}

const trivialCell: CellWork = async () => {};

/** The row of a contestant that does all cells of a grid: nanoseconds for each. */
export function gridEntry({ name, kind, note, run }: GridContestant, cells: number): Entry {
  return {
    name,
    kind,
    note,
    count: cells,
    measure: async (count) => {
      const shape = shapeOf(count);
      const since = startWatch();
      await run(shape, trivialCell);
      return [since(shape.rows * shape.columns)];
    },
  };
}
