import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkClaim } from "./check-arguments.ts";
import type { DeliveryClaim } from "../internal/delivery.ts";
import { columns, readDelivery } from "./read-delivery.ts";

export function createClaimDelivery(
  database: DatabaseSync,
): (key: string, digest: string, leaseMs: number, claimant: string) => Work<DeliveryClaim> {
  // The most common case first, in one statement.
  const take = database.prepare(
    `UPDATE deliveries SET state = 1, attempts = attempts + 1, claimant = ?, is_lapsed = state, ready_at = ?
     WHERE key = ? AND digest = ? AND (state = 0 OR (state = 1 AND ready_at <= ? AND claimant <> ?))
     RETURNING ${columns}, is_lapsed`,
  );
  const find = database.prepare(
    `SELECT ${columns}, claimant, is_lapsed FROM deliveries WHERE key = ? AND digest = ?`,
  );

  return (key, digest, leaseMs, claimant) => {
    checkClaim(key, digest, leaseMs, claimant);
    return ({ at }) => {
      const taken = take.get(claimant, at + leaseMs, key, digest, at, claimant);
      if (taken) return claimed(taken);
      const stored = find.get(key, digest);
      if (!stored) return { claim: "conflict" };
      if (Number(stored["state"]) > 1) return { claim: "ended" };
      // The same call again, whose first answer was lost.
      return stored["claimant"] === claimant ? claimed(stored) : { claim: "busy" };
    };
  };
}

function claimed(stored: Record<string, unknown>): DeliveryClaim {
  return { claim: stored["is_lapsed"] === 1 ? "lapsed" : "new", row: readDelivery(stored) };
}
