import type { DatabaseSync } from "node:sqlite";
import { requirePurge } from "../internal/check-values.ts";
import { countRows, type Step, stepSize, takeRows } from "../database/in-steps.ts";
import type { LongWork } from "../database/work.ts";
import type { PartPurge } from "../internal/part.ts";

export function createPurgeParts(
  database: DatabaseSync,
): (purge: PartPurge) => LongWork<Step<unknown>, number> {
  const find = database.prepare(
    "SELECT sequence FROM parts WHERE used_at <= ? ORDER BY used_at, sequence LIMIT ?",
  );
  const remove = database.prepare("DELETE FROM parts WHERE sequence = ?");
  const take = (sequence: number): void => void remove.run(sequence);
  return (purge) => {
    requirePurge(purge, "Cannot purge parts");
    const { olderThanMs, limit } = purge;
    return countRows(limit, (transaction, left) => {
      // 0 purges everything, also what was used before the clock was set back.
      const usedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : transaction.at - olderThanMs;
      return takeRows(transaction, left, find.all(usedUntil, Math.min(left, stepSize)), take);
    });
  };
}
