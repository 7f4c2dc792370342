import type { ReceiptPart } from "../receipt.ts";

/**
 * What a claim found:
 * - `new`: nobody had it, or it was released; now it is the caller's.
 * - `busy`: another call has it, and its lease runs.
 * - `lapsed`: another call had it and was not heard of for its lease; now it is the caller's, and may have been sent.
 * - `conflict`: the key stands for other content or another destination.
 * - `done`: it was settled, as this part.
 */
export type PartClaim =
  | { readonly claim: "new" | "busy" | "lapsed" | "conflict" }
  | { readonly claim: "done"; readonly part: ReceiptPart };

/**
 * Seam: what a deliverer remembers of the parts that it sent, so that one key is sent once. One store may serve many
 * processes.
 *
 * Contract, checked by `dedupeStoreConformance`:
 * - Of calls that claim one key at the same time, one gets it.
 * - Leases are judged by the store's own clock; no method takes an instant.
 * - What a method resolved for is seen by every later call of every process.
 * - Keys are strings that are not empty, without U+0000 and lone surrogates; two are the same if every character is.
 */
export interface DedupeStore {
  /** Takes the key for `leaseMs` milliseconds. */
  claimPart(key: string, digest: string, leaseMs: number): Promise<PartClaim>;
  /** Ends a claim with what became of the part: kept and given to whoever claims the key later. `sent` is never replaced. */
  settlePart(key: string, part: ReceiptPart): Promise<void>;
  /** Forgets the claim, so that the next call may send; one that was settled as `sent` stays. */
  releasePart(key: string): Promise<void>;
  /** Forgets what was settled or claimed at least so long ago, at most `limit` keys, and resolves with their number. */
  purgeParts(purge: { readonly olderThanMs: number; readonly limit: number }): Promise<number>;
}
