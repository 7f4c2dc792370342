import pMap, { pMapIterable } from "p-map";
import {
  cellsOf,
  columnCap,
  columnsAtOnce,
  type GridContestant,
  indexes,
  type StreamContestant,
  totalCap,
} from "./grid-contestant.ts";

export const pMapCells: GridContestant = {
  name: "p-map",
  kind: "peer",
  run: (shape, work) => pMap(cellsOf(shape), ([row, column]) => work(row, column), { concurrency: totalCap }),
};

export const pMapNested: GridContestant = {
  name: "p-map, nested",
  kind: "peer",
  run: ({ rows, columns }, work) => {
    const rowIndexes = indexes(rows);
    return pMap(
      indexes(columns),
      (column) => pMap(rowIndexes, (row) => work(row, column), { concurrency: columnCap }),
      { concurrency: columnsAtOnce },
    );
  },
};

export const pMapStream: StreamContestant = {
  name: "pMapIterable",
  kind: "peer",
  run: async (shape, work, take) => {
    const options = { concurrency: totalCap };
    for await (const _done of pMapIterable(cellsOf(shape), ([row, column]) => work(row, column), options))
      take();
  },
};
