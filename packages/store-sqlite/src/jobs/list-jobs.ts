import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkList } from "./check-arguments.ts";
import { type Step, stepSize, takeRows } from "./in-steps.ts";
import type { JobRow, ListOptions } from "./job.ts";
import { columns, readRow } from "./read-row.ts";

export type PrepareList = (lane: string, options: ListOptions) => Work<Step<JobRow[]>>;

/** Lists the rows of one state, for as long as the transaction has time. */
export function createListJobs(database: DatabaseSync, state: 0 | 1): PrepareList {
  // `state < 2` says the same again, for it lets SQLite use the index of live rows.
  const live = `state = ${state} AND state < 2`;
  const ofOwner = database.prepare(
    `SELECT sequence FROM jobs WHERE ${live} AND lane = ?1 AND owner = ?4 AND sequence > ?2
     ORDER BY sequence LIMIT ?3`,
  );
  // Owner by owner, each in order: the index does not have the rows of a lane in the order of all of them.
  const ofLane = database.prepare(
    `WITH RECURSIVE owners (holder) AS (
       SELECT min(owner) FROM jobs WHERE ${live} AND lane = ?1
       UNION ALL
       SELECT (SELECT min(owner) FROM jobs WHERE ${live} AND lane = ?1 AND owner > holder)
       FROM owners WHERE holder IS NOT NULL
     )
     SELECT sequence FROM owners CROSS JOIN jobs WHERE ${live} AND lane = ?1 AND owner = holder AND sequence > ?2
     ORDER BY sequence LIMIT ?3`,
  );
  const find = database.prepare(`SELECT ${columns} FROM jobs WHERE sequence = ?`);
  const take = (sequence: number): JobRow => readRow(find.get(sequence));
  return (lane, options) => {
    checkList(lane, options);
    const { owner, afterSequence = 0, limit = Number.POSITIVE_INFINITY } = options;
    const most = Math.min(limit, stepSize);
    return (transaction) => {
      const stored =
        owner === undefined
          ? ofLane.all(lane, afterSequence, most)
          : ofOwner.all(lane, afterSequence, most, owner);
      return takeRows(transaction, limit, stored, take);
    };
  };
}
