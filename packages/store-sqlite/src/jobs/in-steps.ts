import type { JobRow } from "./job.ts";

/** What one transaction got done of something long. */
export interface Step<Result> {
  readonly result: Result;
  /** If time was up before all was done. */
  readonly isCut: boolean;
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
  takeStep: (limit: number) => Promise<Step<number>>,
): Promise<number> {
  let { result: count, isCut } = await takeStep(limit);
  while (isCut) {
    const step = await takeStep(limit - count);
    count += step.result;
    isCut = step.isCut;
  }
  return count;
}
