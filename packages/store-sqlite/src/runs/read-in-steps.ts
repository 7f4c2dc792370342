import type { LongWork } from "../database/work.ts";

/** So many rows are read at once. Each may be large. */
const stepSize = 50;

/** What one transaction has read. */
interface Part<Row> {
  readonly rows: readonly Row[];
  readonly isCut: boolean;
}

/**
 * Reads rows in as many transactions as it takes, so that none holds up the event loop for long.
 *
 * @param read gives at most so many rows, the first ones behind the last that was read
 */
export function readInSteps<Row>(
  limit: number,
  read: (most: number, last: Row | undefined) => readonly Row[],
): LongWork<unknown, Row[]> {
  const all: Row[] = [];
  const work: LongWork<Part<Row>, Row[]> = {
    run: ({ isSpent }) => {
      const rows: Row[] = [];
      for (;;) {
        const left = limit - all.length - rows.length;
        const most = Math.min(left, stepSize);
        const page = read(most, rows.at(-1) ?? all.at(-1));
        for (const row of page) rows.push(row);
        if (page.length < most || page.length === left) return { rows, isCut: false };
        if (isSpent()) return { rows, isCut: true };
      }
    },
    add: ({ rows, isCut }) => {
      for (const row of rows) all.push(row);
      return isCut ? undefined : all;
    },
  };
  return work as LongWork<unknown, Row[]>;
}
