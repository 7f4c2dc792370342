import type { DatabaseSync } from "node:sqlite";
import { stepSize } from "../database/in-steps.ts";
import type { Find } from "./find-deliveries.ts";

/** What one transaction has collected. */
export interface Collected {
  readonly ended: readonly (readonly [endedAt: number, sequence: number])[];
  readonly isAll: boolean;
}

/** Rows that ended long enough ago: collected in the order in which they ended, and given in the order of recording. */
export interface FindEnded {
  /** Collects behind what was kept, until there is no time left. */
  readonly collect: (at: number, isSpent: () => boolean) => Collected;
  /** Takes in what was collected; `true` once that is all. */
  readonly keep: (collected: Collected) => boolean;
  readonly find: Find;
}

export function createFindEnded(database: DatabaseSync): (endedForMs: number) => FindEnded {
  const page = database.prepare(
    `SELECT ended_at, sequence FROM deliveries WHERE (ended_at, sequence) > (?, ?) AND ended_at <= ?
     ORDER BY ended_at, sequence LIMIT ${stepSize}`,
  );

  return (endedForMs) => {
    const known: number[] = [];
    let last: readonly [number, number] = [Number.NEGATIVE_INFINITY, 0];
    return {
      collect(at, isSpent) {
        const ended: [number, number][] = [];
        for (;;) {
          const rows = page.all(...(ended.at(-1) ?? last), at - endedForMs);
          for (const row of rows) ended.push([Number(row["ended_at"]), Number(row["sequence"])]);
          const isAll = rows.length < stepSize;
          if (isAll || isSpent()) return { ended, isAll };
        }
      },
      keep({ ended, isAll }) {
        for (const [, sequence] of ended) known.push(sequence);
        last = ended.at(-1) ?? last;
        if (isAll) known.sort((one, other) => one - other);
        return isAll;
      },
      find: (after, most) => {
        const start = firstBehind(known, after);
        return known.slice(start, start + most).map((sequence) => ({ sequence, readyAt: 0 }));
      },
    };
  };
}

/** The index of the first number above one, in a list in order. */
function firstBehind(numbers: readonly number[], number: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}
