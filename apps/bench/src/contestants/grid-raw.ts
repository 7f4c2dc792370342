import {
  cellsOf,
  columnCap,
  type GridContestant,
  indexes,
  type StreamContestant,
  totalCap,
} from "./grid-contestant.ts";

/** So many loops that take the next cell: no result is kept. */
export const rawLoops: GridContestant = {
  name: "raw: loops over the cells",
  kind: "raw",
  run: ({ rows, columns }, work) => {
    let next = 0;
    return Promise.all(
      indexes(totalCap).map(async () => {
        while (next < rows * columns) {
          const cell = next++;
          await work(Math.floor(cell / columns), cell % columns);
        }
      }),
    );
  },
};

/** A ring of the columns with room: loops take a cell of each in turn. */
export const rawRing: GridContestant = {
  name: "raw: ring of columns with room",
  kind: "raw",
  run: async ({ rows, columns }, work) => {
    const ring = indexes(columns).map((column) => ({ column, row: 0, running: 0 }));
    async function loop(): Promise<void> {
      for (let turn = ring.shift(); turn; turn = ring.shift()) {
        const { column } = turn;
        const row = turn.row++;
        turn.running += 1;
        const stays = turn.row < rows && turn.running < columnCap;
        if (stays) ring.push(turn);
        await work(row, column);
        turn.running -= 1;
        if (turn.row < rows && turn.running === columnCap - 1) ring.push(turn);
      }
    }
    await Promise.all(indexes(totalCap).map(loop));
  },
};

/** Loops over a generator. */
export const rawStream: StreamContestant = {
  name: "raw: loops over a generator",
  kind: "raw",
  run: (shape, work, take) => {
    const cells = cellsOf(shape);
    return Promise.all(
      indexes(totalCap).map(async () => {
        for (const [row, column] of { [Symbol.iterator]: () => ({ next: () => cells.next() }) }) {
          await work(row, column);
          take();
        }
      }),
    );
  },
};
