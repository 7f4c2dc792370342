import type { DatabaseSync } from "node:sqlite";
import { requireId, requireWhole } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";
import type { PartClaim, ReceiptPart } from "../internal/part.ts";

export function createClaimPart(
  database: DatabaseSync,
): (key: string, digest: string, leaseMs: number) => Work<PartClaim> {
  const find = database.prepare("SELECT sequence, digest, lease_ends_at, part FROM parts WHERE key = ?");
  const insert = database.prepare(
    "INSERT INTO parts (key, digest, used_at, lease_ends_at, is_sent) VALUES (?, ?, ?, ?, 0)",
  );
  const take = database.prepare("UPDATE parts SET used_at = ?, lease_ends_at = ? WHERE sequence = ?");

  return (key, digest, leaseMs) => {
    requireId(key, "Cannot claim part", "key");
    requireId(digest, "Cannot claim part", "digest");
    requireWhole(leaseMs, "Cannot claim part", "leaseMs", 1);
    return ({ at }) => {
      const known = find.get(key);
      if (!known) {
        insert.run(key, digest, at, at + leaseMs);
        return { claim: "new" };
      }
      if (known["digest"] !== digest) return { claim: "conflict" };
      const { part } = known;
      if (typeof part === "string") return { claim: "done", part: JSON.parse(part) as ReceiptPart };
      if (at < Number(known["lease_ends_at"])) return { claim: "busy" };
      take.run(at, at + leaseMs, Number(known["sequence"]));
      return { claim: "lapsed" };
    };
  };
}
