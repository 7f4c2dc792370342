import { maxIdBytes, requireId } from "../check-values.ts";
import { requireObject, requirePurge, requireText, requireWhole } from "../internal/check-values.ts";
import type { Database } from "../database/database.ts";
import type { PartClaim, PartPurge, ReceiptPart } from "../internal/part.ts";
import { claimPartsBatch } from "./claim-parts.ts";
import { purgeParts } from "./purge-parts.ts";
import { releasePartsBatch, settlePartsBatch } from "./settle-parts.ts";

/** Which parts were sent: a `DedupeStore` of `@executus/deliver`, where the contract is written. */
export interface PartStore {
  claimPart(key: string, digest: string, leaseMs: number): Promise<PartClaim>;
  settlePart(key: string, part: ReceiptPart): Promise<void>;
  releasePart(key: string): Promise<void>;
  purgeParts(purge: PartPurge): Promise<number>;
}

/** Checks what it is given, then hands it on before the first `await`, so that calls keep their order. */
export function partStore(database: Database): PartStore {
  const claims = claimPartsBatch(database);
  const settlements = settlePartsBatch(database);
  const releases = releasePartsBatch(database);
  return {
    async claimPart(key, digest, leaseMs) {
      const action = "Cannot claim part";
      requireId(key, action, "key", maxIdBytes);
      requireId(digest, action, "digest", Number.POSITIVE_INFINITY);
      requireWhole(leaseMs, action, "leaseMs", 1);
      return database.call(action, () => claims.add({ key, digest, leaseMs }));
    },
    async settlePart(key, part) {
      const action = "Cannot settle part";
      requireId(key, action, "key", maxIdBytes);
      requireObject(part, action, "part");
      requireText(part.status, action, "part.status");
      const settled = { key, json: JSON.stringify(part), isSent: part.status === "sent" };
      return database.call(action, () => settlements.add(settled));
    },
    async releasePart(key) {
      requireId(key, "Cannot release part", "key", maxIdBytes);
      return database.call("Cannot release part", () => releases.add(key));
    },
    async purgeParts(purge) {
      requirePurge(purge, "Cannot purge parts");
      return database.call("Cannot purge parts", () => purgeParts(database, { ...purge }));
    },
  };
}
