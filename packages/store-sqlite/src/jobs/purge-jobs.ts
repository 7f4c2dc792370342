import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkPurge } from "./check-arguments.ts";
import type { Step } from "./in-steps.ts";
import type { Purge } from "./job.ts";
import type { Sequences } from "./sequences.ts";

/** Deletes ended rows, for as long as the transaction has time. */
export function createPurge(
  database: DatabaseSync,
  sequences: Sequences,
): (purge: Purge) => Work<Step<number>> {
  const find = database.prepare(
    "SELECT sequence FROM jobs WHERE state >= 2 AND ended_at <= ? ORDER BY ended_at, sequence LIMIT 1",
  );
  const remove = database.prepare("DELETE FROM jobs WHERE sequence = ?");
  return (purge) => {
    checkPurge(purge);
    const { olderThanMs, limit } = purge;
    return ({ at, isSpent }) => {
      // 0 purges every ended job, also one that ended before the clock was set back.
      const endedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : at - olderThanMs;
      let count = 0;
      for (;;) {
        const oldest = find.get(endedUntil);
        if (!oldest) return { result: count, isCut: false };
        if (count === 0) sequences.mark();
        remove.run(Number(oldest["sequence"]));
        count += 1;
        if (count === limit) return { result: count, isCut: false };
        if (isSpent()) return { result: count, isCut: true };
      }
    };
  };
}
