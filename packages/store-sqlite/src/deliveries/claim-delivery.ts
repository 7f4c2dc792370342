import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkClaim } from "./check-arguments.ts";
import type { DeliveryClaim } from "./delivery.ts";
import { columns, readDelivery } from "./read-delivery.ts";

export function createClaimDelivery(
  database: DatabaseSync,
): (key: string, digest: string, leaseMs: number, claimant: string) => Work<DeliveryClaim> {
  const find = database.prepare(
    `SELECT ${columns}, claimant, is_lapsed FROM deliveries WHERE key = ? AND digest = ?`,
  );
  const take = database.prepare(
    `UPDATE deliveries SET state = 1, attempts = attempts + 1, claimant = ?, is_lapsed = ?, ready_at = ?
     WHERE sequence = ?`,
  );

  return (key, digest, leaseMs, claimant) => {
    checkClaim(key, digest, leaseMs, claimant);
    return ({ at }) => {
      const stored = find.get(key, digest);
      if (!stored) return { claim: "conflict" };
      const row = readDelivery(stored);
      if (row.state !== "queued" && row.state !== "sending") return { claim: "ended" };
      const isLapsed = row.state === "sending";
      if (isLapsed) {
        // The same call again, whose first answer was lost.
        if (stored["claimant"] === claimant) return { claim: stored["is_lapsed"] ? "lapsed" : "new", row };
        if (at < Number(stored["ready_at"])) return { claim: "busy" };
      }
      take.run(claimant, Number(isLapsed), at + leaseMs, row.sequence);
      return {
        claim: isLapsed ? "lapsed" : "new",
        row: { ...row, state: "sending", attempts: row.attempts + 1, dueAt: undefined },
      };
    };
  };
}
