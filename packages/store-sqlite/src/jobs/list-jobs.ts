import type { DatabaseSync } from "node:sqlite";
import type { LongWork } from "../database/work.ts";
import { checkList } from "./check-arguments.ts";
import { collectRows, type Step, stepSize, takeRows } from "../database/in-steps.ts";
import type { JobRow, ListOptions } from "./job.ts";
import { columns, readRow } from "./read-row.ts";

const defaultLimit = 1_000;

type PrepareList = (lane: string, options: ListOptions) => LongWork<Step<JobRow>, JobRow[]>;

/** Lists the rows of one state. */
export function createListJobs(database: DatabaseSync, state: 0 | 1): PrepareList {
  // No numbered parameters, which early versions of node:sqlite do not bind.
  // `state < 2` says the same again, for it lets SQLite use the index of live rows.
  const live = `state = ${state} AND state < 2`;
  const ofOwner = database.prepare(
    `SELECT sequence FROM jobs WHERE ${live} AND lane = ? AND owner = ? AND sequence > ?
     ORDER BY sequence LIMIT ?`,
  );
  // Owner by owner, each in order: the index does not have the rows of a lane in the order of all of them.
  const ofLane = database.prepare(
    `WITH RECURSIVE owners (holder) AS (
       SELECT min(owner) FROM jobs WHERE ${live} AND lane = ?
       UNION ALL
       SELECT (SELECT min(owner) FROM jobs WHERE ${live} AND lane = ? AND owner > holder)
       FROM owners WHERE holder IS NOT NULL
     )
     SELECT sequence FROM owners CROSS JOIN jobs WHERE ${live} AND lane = ? AND owner = holder AND sequence > ?
     ORDER BY sequence LIMIT ?`,
  );
  const find = database.prepare(`SELECT ${columns} FROM jobs WHERE sequence = ?`);
  const take = (sequence: number): JobRow => readRow(find.get(sequence));

  return (lane, options) => {
    checkList(lane, options);
    const { owner, afterSequence: first = 0, limit = defaultLimit } = options;
    return collectRows(limit, (transaction, { limit: left, afterSequence = first }) => {
      const most = Math.min(left, stepSize);
      const stored =
        owner === undefined
          ? ofLane.all(lane, lane, lane, afterSequence, most)
          : ofOwner.all(lane, owner, afterSequence, most);
      return takeRows(transaction, left, stored, take);
    });
  };
}
