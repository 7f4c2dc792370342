import limitFunction from "p-limit";
import PQueue from "p-queue";
import {
  cellsOf,
  columnCap,
  type GridContestant,
  type GridShape,
  indexes,
  type StreamContestant,
  totalCap,
} from "./grid-contestant.ts";

type Add = <T>(work: () => Promise<T>) => Promise<T>;

function pLimitOf(cap: number): Add {
  const limit = limitFunction(cap);
  return (work) => limit(work);
}

function pQueueOf(cap: number): Add {
  const queue = new PQueue({ concurrency: cap });
  return (work) => queue.add(work);
}

/** Everything is queued at once: that is how queues are given a grid. */
function runAll(
  shape: GridShape,
  add: (column: number, work: () => Promise<void>) => Promise<void>,
  work: (row: number, column: number) => Promise<void>,
): Promise<unknown> {
  return Promise.all(Array.from(cellsOf(shape), ([row, column]) => add(column, () => work(row, column))));
}

function capped(name: string, make: (cap: number) => Add): GridContestant {
  return {
    name,
    kind: "peer",
    run: (shape, work) => {
      const slots = make(totalCap);
      return runAll(shape, (_column, cell) => slots(cell), work);
    },
  };
}

/** A queue for each column, and in it one for all: a cell that waits for a slot of all holds one of its column. */
function cappedTwice(name: string, make: (cap: number) => Add): GridContestant {
  return {
    name,
    kind: "peer",
    run: (shape, work) => {
      const slots = make(totalCap);
      const columns = indexes(shape.columns).map(() => make(columnCap));
      const add = (column: number, cell: () => Promise<void>): Promise<void> =>
        (columns[column] as Add)(() => slots(cell));
      return runAll(shape, add, work);
    },
  };
}

export const pLimitCells: GridContestant = capped("p-limit", pLimitOf);
export const pLimitTwice: GridContestant = cappedTwice("p-limit, two levels", pLimitOf);
export const pQueueCells: GridContestant = capped("p-queue", pQueueOf);
export const pQueueTwice: GridContestant = cappedTwice("p-queue, two levels", pQueueOf);

export const pLimitStream: StreamContestant = {
  name: "p-limit",
  kind: "peer",
  note: "has no stream: everything is queued at once",
  run: (shape, work, take) => {
    const slots = pLimitOf(totalCap);
    return runAll(shape, (_column, cell) => slots(cell).then(take), work);
  },
};
