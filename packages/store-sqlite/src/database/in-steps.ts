import type { LongWork, Transaction } from "./work.ts";

/** So many rows are looked up at once, of what may be a hundred thousand. */
export const stepSize = 500;

/** What one transaction got done. */
export interface Step<Row> {
  readonly rows: Row[];
  /** If there may be more, within the limit. */
  readonly isCut: boolean;
}

/** Does something to rows, at least to one, until the limit is reached, none is left or the transaction has no time left. */
export function takeRows<Row>(
  { isSpent }: Transaction,
  limit: number,
  stored: readonly Record<string, unknown>[],
  take: (sequence: number) => Row,
): Step<Row> {
  const rows: Row[] = [];
  for (const { sequence } of stored) {
    rows.push(take(Number(sequence)));
    if (isSpent()) break;
  }
  const isAll = rows.length === stored.length && stored.length < stepSize;
  return { rows, isCut: !isAll && rows.length < limit };
}

/** What is left to take after the steps before. */
export interface Rest {
  readonly limit: number;
  /** The last row that was taken. */
  readonly afterSequence: number | undefined;
}

/** Collects rows in as many steps as it takes, so that none holds up the event loop for long. */
export function collectRows<Row extends { readonly sequence: number }>(
  limit: number,
  step: (transaction: Transaction, rest: Rest) => Step<Row>,
): LongWork<Step<Row>, Row[]> {
  const all: Row[] = [];
  return {
    run: (transaction) =>
      step(transaction, { limit: limit - all.length, afterSequence: all.at(-1)?.sequence }),
    add: ({ rows, isCut }) => {
      for (const row of rows) all.push(row);
      return isCut ? undefined : all;
    },
  };
}

/** Counts rows in as many steps as it takes. */
export function countRows(
  limit: number,
  step: (transaction: Transaction, limit: number) => Step<unknown>,
): LongWork<Step<unknown>, number> {
  let count = 0;
  return {
    run: (transaction) => step(transaction, limit - count),
    add: ({ rows, isCut }) => {
      count += rows.length;
      return isCut ? undefined : count;
    },
  };
}
