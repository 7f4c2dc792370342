import type { Transaction } from "../database/work.ts";
import type { JobRow } from "./job.ts";

/** So many rows are looked up at once, of what may be a hundred thousand. */
export const stepSize = 500;

/** What one transaction got done of something long. */
export interface Step<Result> {
  readonly result: Result;
  /** If there may be more, within the limit. */
  readonly isCut: boolean;
}

/** Does something to rows, at least to one, until none is left, the limit is reached or the transaction has no time left. */
export function takeRows<Row>(
  { isSpent }: Transaction,
  limit: number,
  stored: readonly Record<string, unknown>[],
  take: (sequence: number) => Row,
): Step<Row[]> {
  const result: Row[] = [];
  for (const { sequence } of stored) {
    result.push(take(Number(sequence)));
    if (isSpent()) break;
  }
  const isAll = result.length === stored.length && stored.length < stepSize;
  return { result, isCut: !isAll && result.length < limit };
}

interface Rest {
  readonly limit: number;
  readonly afterSequence?: number;
}

/** Collects rows in as many steps as it takes, so that none holds up the event loop for long. */
export async function collectRows(
  limit: number,
  takeStep: (rest: Rest) => Promise<Step<JobRow[]>>,
): Promise<JobRow[]> {
  let { result, isCut } = await takeStep({ limit });
  const rows = result;
  while (isCut) {
    const last = rows.at(-1)?.sequence;
    const rest = { limit: limit - rows.length, ...(last === undefined ? {} : { afterSequence: last }) };
    ({ result, isCut } = await takeStep(rest));
    for (const row of result) rows.push(row);
  }
  return rows;
}

/** Counts rows in as many steps as it takes. */
export async function countRows(
  limit: number,
  takeStep: (limit: number) => Promise<Step<unknown[]>>,
): Promise<number> {
  let { result, isCut } = await takeStep(limit);
  let count = result.length;
  while (isCut) {
    ({ result, isCut } = await takeStep(limit - count));
    count += result.length;
  }
  return count;
}
