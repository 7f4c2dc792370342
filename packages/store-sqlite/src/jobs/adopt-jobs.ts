import type { DatabaseSync } from "node:sqlite";
import type { LongWork } from "../database/work.ts";
import { checkAdoption } from "./check-arguments.ts";
import { collectRows, type Step, stepSize, takeRows } from "../database/in-steps.ts";
import type { Adoption, JobRow } from "./job.ts";
import type { Leases } from "./leases.ts";
import { columns, readRow } from "./read-row.ts";

/** Hands rows to a new owner. Each step looks anew if the lease still has the count. */
export function createAdopt(
  database: DatabaseSync,
  leases: Leases,
): (adoption: Adoption) => LongWork<Step<JobRow>, JobRow[]> {
  const held = database.prepare(
    `SELECT sequence FROM jobs WHERE state = 0 AND state < 2 AND lane = ? AND owner = ?
     UNION ALL
     SELECT sequence FROM jobs WHERE state = 1 AND state < 2 AND lane = ? AND owner = ?
     ORDER BY sequence LIMIT ?`,
  );
  const hand = database.prepare(
    `UPDATE jobs SET owner = ?, epoch = epoch + 1, last_move = NULL WHERE sequence = ? RETURNING ${columns}`,
  );
  return (adoption) => {
    checkAdoption(adoption);
    const { lane, from, to, limit } = adoption;
    const { owner, count } = from;
    return collectRows(limit, (transaction, { limit: left }) => {
      if (leases.find(lane, owner) !== count) return { rows: [], isCut: false };
      const stored = held.all(lane, owner, lane, owner, Math.min(left, stepSize));
      const step = takeRows(transaction, left, stored, (sequence) => readRow(hand.get(to, sequence)));
      if (step.rows.length > 0) leases.ensure(transaction, lane, to);
      if (!leases.holdsSomething(lane, owner)) leases.remove(lane, owner);
      return step;
    });
  };
}
