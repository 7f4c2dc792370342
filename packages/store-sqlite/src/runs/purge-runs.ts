import type { DatabaseSync } from "node:sqlite";
import { stepSize } from "../database/in-steps.ts";
import type { Sequences } from "../database/sequences.ts";
import type { LongWork, Transaction } from "../database/work.ts";
import { checkPurge } from "./check-arguments.ts";
import { createDeleteLeftovers } from "./delete-leftovers.ts";
import type { RunPurge } from "../internal/run.ts";

/** What one transaction got done. */
interface Part {
  readonly treeCount: number;
  readonly isLastTree: boolean;
  readonly isClean: boolean;
}

/**
 * Deletes the runs of a tree in one transaction, and what belonged to them in as many as it takes: out of reach it is at once.
 * What a process that dies leaves over is deleted by the next purge.
 */
export function createPurgeRuns(
  database: DatabaseSync,
  sequences: Sequences,
): (purge: RunPurge) => LongWork<Part, number> {
  const find = database.prepare(
    `SELECT run_id FROM runs WHERE is_root = 1 AND ended_at <= ?
     ORDER BY ended_at, sequence LIMIT ?`,
  );
  const mark = database.prepare(
    "INSERT INTO purged_runs (run) SELECT sequence FROM runs WHERE root_run_id = ?",
  );
  const remove = database.prepare("DELETE FROM runs WHERE root_run_id = ?");
  const deleteLeftovers = createDeleteLeftovers(database);

  /** At least one, if there is one. */
  function deleteTrees({ isSpent }: Transaction, endedUntil: number, limit: number): Part {
    const most = Math.min(limit, stepSize);
    const roots = find.all(endedUntil, most);
    if (roots.length > 0) sequences.mark();
    let treeCount = 0;
    for (const { run_id: root } of roots) {
      mark.run(String(root));
      remove.run(String(root));
      treeCount += 1;
      if (isSpent()) break;
    }
    const isAll = treeCount === roots.length && roots.length < most;
    return { treeCount, isLastTree: isAll || treeCount === limit, isClean: false };
  }

  return (purge) => {
    checkPurge(purge);
    const { olderThanMs, limit } = purge;
    let count = 0;
    let isLastTree = false;
    return {
      run: (transaction) => {
        if (isLastTree) return { treeCount: 0, isLastTree, isClean: deleteLeftovers(transaction) };
        // 0 purges every ended tree, also one that ended before the clock was set back.
        const endedUntil = olderThanMs === 0 ? Number.POSITIVE_INFINITY : transaction.at - olderThanMs;
        return deleteTrees(transaction, endedUntil, limit - count);
      },
      add: (part) => {
        count += part.treeCount;
        ({ isLastTree } = part);
        return part.isClean ? count : undefined;
      },
    };
  };
}
