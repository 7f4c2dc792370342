import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkAdoption } from "./check-arguments.ts";
import type { Step } from "./in-steps.ts";
import type { Adoption, JobRow } from "./job.ts";
import type { Leases } from "./leases.ts";
import { columns, readRow } from "./read-row.ts";

/** Hands rows to a new owner, for as long as the transaction has time. */
export function createAdopt(
  database: DatabaseSync,
  leases: Leases,
): (adoption: Adoption) => Work<Step<JobRow[]>> {
  const held = database.prepare(
    `SELECT sequence FROM jobs WHERE lane = ?1 AND owner = ?2 AND state = 0
     UNION ALL
     SELECT sequence FROM jobs WHERE lane = ?1 AND owner = ?2 AND state = 1
     ORDER BY sequence LIMIT 1`,
  );
  const hand = database.prepare(
    `UPDATE jobs SET owner = ?, epoch = epoch + 1, last_move = NULL WHERE sequence = ? RETURNING ${columns}`,
  );
  return (adoption) => {
    checkAdoption(adoption);
    const { lane, from, to, limit } = adoption;
    const { owner, count } = from;
    return (transaction) => {
      const result: JobRow[] = [];
      if (leases.find(lane, owner) !== count) return { result, isCut: false };
      let oldest = held.get(lane, owner);
      while (oldest && result.length < limit && !(result.length > 0 && transaction.isSpent())) {
        result.push(readRow(hand.get(to, Number(oldest["sequence"]))));
        oldest = held.get(lane, owner);
      }
      if (result.length > 0) leases.ensure(transaction, lane, to);
      if (!oldest) leases.remove(lane, owner);
      return { result, isCut: oldest !== undefined && result.length < limit };
    };
  };
}
