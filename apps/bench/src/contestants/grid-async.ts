import async from "async";
import { cellsOf, type GridContestant, type StreamContestant, totalCap } from "./grid-contestant.ts";

export const asyncMapLimit: GridContestant = {
  name: "async.mapLimit",
  kind: "peer",
  run: (shape, work) =>
    // Its types know this form only for arrays.
    async.mapLimit(cellsOf(shape) as never, totalCap, async ([row, column]: readonly [number, number]) =>
      work(row, column),
    ),
};

export const asyncEachLimit: StreamContestant = {
  name: "async.eachLimit",
  kind: "peer",
  note: "calls back, and gives nothing to a consumer",
  run: (shape, work, take) =>
    async.eachLimit(cellsOf(shape), totalCap, ([row, column], done) => {
      work(row, column).then(() => {
        take();
        // oxlint-disable-next-line promise/no-callback-in-promise -- that is how it is told
        done();
      }, done);
    }),
};
