import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkList } from "./check-arguments.ts";
import type { Step } from "./in-steps.ts";
import type { JobRow, ListOptions } from "./job.ts";
import { columns, readRow } from "./read-row.ts";

export type PrepareList = (lane: string, options: ListOptions) => Work<Step<JobRow[]>>;

/** Lists the rows of one state, for as long as the transaction has time. */
export function createListJobs(database: DatabaseSync, state: 0 | 1): PrepareList {
  const ofOwner = database.prepare(
    `SELECT ${columns} FROM jobs WHERE lane = ?1 AND owner = ?4 AND state = ${state} AND sequence > ?2
     ORDER BY sequence LIMIT ?3`,
  );
  // Owner by owner, each in order: the index does not have the rows of a lane in the order of all of them.
  const ofLane = database.prepare(
    `WITH RECURSIVE owners (holder) AS (
       SELECT min(owner) FROM jobs WHERE lane = ?1 AND state = ${state}
       UNION ALL
       SELECT (SELECT min(owner) FROM jobs WHERE lane = ?1 AND state = ${state} AND owner > owners.holder)
       FROM owners WHERE owners.holder IS NOT NULL
     )
     SELECT ${columns} FROM owners CROSS JOIN jobs
     WHERE lane = ?1 AND owner = owners.holder AND state = ${state} AND sequence > ?2
     ORDER BY sequence LIMIT ?3`,
  );
  return (lane, options) => {
    checkList(lane, options);
    const { owner, afterSequence = 0, limit = Number.POSITIVE_INFINITY } = options;
    const most = Number.isFinite(limit) ? limit : -1;
    return ({ isSpent }) => {
      const result: JobRow[] = [];
      const stored =
        owner === undefined
          ? ofLane.iterate(lane, afterSequence, most)
          : ofOwner.iterate(lane, afterSequence, most, owner);
      for (const row of stored) {
        result.push(readRow(row));
        if (result.length < limit && isSpent()) return { result, isCut: true };
      }
      return { result, isCut: false };
    };
  };
}
