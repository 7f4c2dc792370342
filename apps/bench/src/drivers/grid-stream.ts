import type { CellWork, StreamContestant } from "../contestants/grid-contestant.ts";
import type { Entry } from "../measure/case.ts";
import { collectGarbage, settledHeapBytes } from "../measure/heap.ts";
import { shapeOf } from "./grid.ts";

const mebibyte = 2 ** 20;
const cellsPerLook = 10_000;
const trivialCell: CellWork = async () => {};

/**
 * The row of a contestant whose cells are taken as they come: nanoseconds for each, what is alive on the heap half-way, and
 * how far the memory of the process grows, in MiB. The time for looking is not counted.
 */
export function streamEntry({ name, kind, note, run }: StreamContestant, cells: number): Entry {
  return {
    name,
    kind,
    note,
    count: cells,
    measure: async (count) => {
      const shape = shapeOf(count);
      const total = shape.rows * shape.columns;
      const heapBefore = await settledHeapBytes();
      const memoryBefore = process.memoryUsage.rss();
      let [taken, lookingMs, mostMemory, heapHalfway] = [0, 0, memoryBefore, heapBefore];
      const look = (): void => {
        const startMs = performance.now();
        mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
        if (taken === Math.ceil(total / 2)) {
          collectGarbage();
          heapHalfway = process.memoryUsage().heapUsed;
        }
        lookingMs += performance.now() - startMs;
      };
      const startMs = performance.now();
      await run(shape, trivialCell, () => {
        taken += 1;
        if (taken % cellsPerLook === 0 || taken === Math.ceil(total / 2)) look();
      });
      const tookMs = performance.now() - startMs - lookingMs;
      return [
        (tookMs * 1e6) / total,
        Math.max(0, heapHalfway - heapBefore) / mebibyte,
        (mostMemory - memoryBefore) / mebibyte,
      ];
    },
  };
}
