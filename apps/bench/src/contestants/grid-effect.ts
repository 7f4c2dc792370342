import { Effect, Semaphore, Stream } from "effect";
import {
  cellsOf,
  columnCap,
  columnsAtOnce,
  type GridContestant,
  indexes,
  type StreamContestant,
  totalCap,
} from "./grid-contestant.ts";

export const effectCells: GridContestant = {
  name: "Effect.forEach",
  kind: "peer",
  run: (shape, work) =>
    Effect.runPromise(
      Effect.forEach(cellsOf(shape), ([row, column]) => Effect.promise(() => work(row, column)), {
        concurrency: totalCap,
      }),
    ),
};

export const effectNested: GridContestant = {
  name: "Effect.forEach, nested",
  kind: "peer",
  run: ({ rows, columns }, work) => {
    const rowIndexes = indexes(rows);
    const columnOf = (column: number) =>
      Effect.forEach(rowIndexes, (row) => Effect.promise(() => work(row, column)), {
        concurrency: columnCap,
      });
    return Effect.runPromise(Effect.forEach(indexes(columns), columnOf, { concurrency: columnsAtOnce }));
  },
};

export const effectSemaphore: GridContestant = {
  name: "Effect.forEach, semaphore",
  kind: "peer",
  run: ({ rows, columns }, work) => {
    const rowIndexes = indexes(rows);
    const slots = Semaphore.makeUnsafe(totalCap);
    const columnOf = (column: number) =>
      Effect.forEach(rowIndexes, (row) => slots.withPermits(1)(Effect.promise(() => work(row, column))), {
        concurrency: columnCap,
      });
    return Effect.runPromise(Effect.forEach(indexes(columns), columnOf, { concurrency: "unbounded" }));
  },
};

export const effectStream: StreamContestant = {
  name: "Effect Stream",
  kind: "peer",
  run: (shape, work, take) =>
    Stream.fromIterable(cellsOf(shape)).pipe(
      Stream.mapEffect(([row, column]) => Effect.promise(() => work(row, column)), { concurrency: totalCap }),
      Stream.runForEach(() => Effect.sync(take)),
      Effect.runPromise,
    ),
};
