import { fanout } from "@executus/fanout";
import { fanoutStream } from "@executus/fanout/stream";
import {
  columnCap,
  type GridContestant,
  type GridShape,
  indexes,
  type StreamContestant,
  totalCap,
} from "./grid-contestant.ts";

export const fanoutCells: GridContestant = {
  name: "fanout",
  kind: "ours",
  run: ({ rows, columns }, work) =>
    fanout(indexes(rows), indexes(columns), work, { maxConcurrent: totalCap }),
};

/** Hears of every cell, and may abort each. */
export const fanoutHeard: GridContestant = {
  name: "fanout, with onCell and signal",
  kind: "ours",
  run: ({ rows, columns }, work) => {
    let heard = 0;
    const onCell = (): void => {
      heard += 1;
    };
    const { signal } = new AbortController();
    return fanout(indexes(rows), indexes(columns), work, { maxConcurrent: totalCap, onCell, signal });
  },
};

export const fanoutByKey: GridContestant = {
  name: "fanout, cap per key",
  kind: "ours",
  run: ({ rows, columns }, work) =>
    fanout(indexes(rows), indexes(columns), work, {
      maxConcurrent: totalCap,
      maxConcurrentPerKey: columnCap,
    }),
};

function* rowsOf({ rows }: GridShape): Generator<number> {
  for (let row = 0; row < rows; row += 1) yield row;
}

export const fanoutStreamed: StreamContestant = {
  name: "fanoutStream",
  kind: "ours",
  run: async (shape, work, take) => {
    const options = { maxConcurrent: totalCap };
    for await (const _cell of fanoutStream(rowsOf(shape), indexes(shape.columns), work, options)) take();
  },
};

export const fanoutStreamedByKey: StreamContestant = {
  name: "fanoutStream, cap per key",
  kind: "ours",
  run: async (shape, work, take) => {
    const options = { maxConcurrent: totalCap, maxConcurrentPerKey: columnCap };
    for await (const _cell of fanoutStream(rowsOf(shape), indexes(shape.columns), work, options)) take();
  },
};
