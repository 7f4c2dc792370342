import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import { createClaimPart } from "./claim-part.ts";
import type { PartClaim, PartPurge, ReceiptPart } from "../internal/part.ts";
import { createPurgeParts } from "./purge-parts.ts";
import { createReleasePart, createSettlePart } from "./settle-part.ts";

/** Remembers which parts were sent: a `DedupeStore` of `@executus/deliver`, where the contract is written. */
export interface PartStore {
  claimPart(key: string, digest: string, leaseMs: number): Promise<PartClaim>;
  settlePart(key: string, part: ReceiptPart): Promise<void>;
  releasePart(key: string): Promise<void>;
  purgeParts(purge: PartPurge): Promise<number>;
}

export function createPartStore(database: DatabaseSync, queue: OperationQueue): PartStore {
  const claim = createClaimPart(database);
  const settle = createSettlePart(database);
  const release = createReleasePart(database);
  const purge = createPurgeParts(database);

  return {
    claimPart: (key, digest, leaseMs) => queue.write(() => claim(key, digest, leaseMs)),
    settlePart: (key, part) => queue.write(() => settle(key, part)),
    releasePart: (key) => queue.write(() => release(key)),
    purgeParts: (given) => queue.writeInSteps(() => purge(given)),
  };
}
