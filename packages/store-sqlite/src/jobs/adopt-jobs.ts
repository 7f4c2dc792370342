import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkAdoption } from "./check-arguments.ts";
import { type Step, stepSize, takeRows } from "./in-steps.ts";
import type { Adoption, JobRow } from "./job.ts";
import type { Leases } from "./leases.ts";
import { columns, readRow } from "./read-row.ts";

/** Hands rows to a new owner, for as long as the transaction has time. */
export function createAdopt(
  database: DatabaseSync,
  leases: Leases,
): (adoption: Adoption) => Work<Step<JobRow[]>> {
  const held = database.prepare(
    `SELECT sequence FROM jobs WHERE state = 0 AND state < 2 AND lane = ?1 AND owner = ?2
     UNION ALL
     SELECT sequence FROM jobs WHERE state = 1 AND state < 2 AND lane = ?1 AND owner = ?2
     ORDER BY sequence LIMIT ?3`,
  );
  const hand = database.prepare(
    `UPDATE jobs SET owner = ?, epoch = epoch + 1, last_move = NULL WHERE sequence = ? RETURNING ${columns}`,
  );
  return (adoption) => {
    checkAdoption(adoption);
    const { lane, from, to, limit } = adoption;
    const { owner, count } = from;
    return (transaction) => {
      if (leases.find(lane, owner) !== count) return { result: [], isCut: false };
      const stored = held.all(lane, owner, Math.min(limit, stepSize));
      const step = takeRows(transaction, limit, stored, (sequence) => readRow(hand.get(to, sequence)));
      if (step.result.length > 0) leases.ensure(transaction, lane, to);
      if (!leases.holdsSomething(lane, owner)) leases.remove(lane, owner);
      return step;
    };
  };
}
