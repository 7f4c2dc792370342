import type { DatabaseSync } from "node:sqlite";
import type { LongWork } from "../database/work.ts";
import { checkPurge } from "./check-arguments.ts";
import { countRows, type Step, stepSize, takeRows } from "../database/in-steps.ts";
import type { Purge } from "./job.ts";
import type { Sequences } from "../database/sequences.ts";

/** Deletes rows that have ended. */
export function createPurge(
  database: DatabaseSync,
  sequences: Sequences,
): (purge: Purge) => LongWork<Step<unknown>, number> {
  const find = database.prepare(
    "SELECT sequence FROM jobs WHERE ended_at <= ? ORDER BY ended_at, sequence LIMIT ?",
  );
  const remove = database.prepare("DELETE FROM jobs WHERE sequence = ?");
  const removeLarge = database.prepare("DELETE FROM large_metadata WHERE sequence = ?");
  const take = (sequence: number): void => {
    remove.run(sequence);
    removeLarge.run(sequence);
  };
  return (purge) => {
    checkPurge(purge);
    const { olderThanMs, limit } = purge;
    return countRows(limit, (transaction, left) => {
      // 0 purges every ended job, also one that ended before the clock was set back.
      const endedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : transaction.at - olderThanMs;
      const stored = find.all(endedUntil, Math.min(left, stepSize));
      if (stored.length > 0) sequences.mark();
      return takeRows(transaction, left, stored, take);
    });
  };
}
