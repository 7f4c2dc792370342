import type { ReceiptPart } from "../receipt.ts";
import type { Deadline } from "./deadline.ts";
import type { DedupeStore, PartClaim } from "./dedupe-store.ts";
import type { Retry } from "./retry.ts";

export interface PartClaiming {
  readonly store: DedupeStore;
  readonly leaseMs: number;
  readonly dedupes: boolean;
  readonly resend: boolean;
  readonly retry: Retry;
  readonly deadline: Deadline;
}

/** What to do with a part: send it, or not because its end is known, or because its key means something else. */
export type PartRight =
  | { readonly send: true }
  | { readonly part: ReceiptPart }
  | { readonly conflict: true };

/** Claims a part, and waits while another call has it, as long as the deadline lets it. */
export async function claimPart(
  key: string,
  digest: string,
  index: number,
  claiming: PartClaiming,
): Promise<PartRight> {
  const { store, leaseMs, dedupes, resend, retry, deadline } = claiming;
  for (let tries = 1; ; tries += 1) {
    const answer = await store.claimPart(key, digest, leaseMs);
    if (answer.claim === "conflict") return { conflict: true };
    if (answer.claim === "new") return { send: true };
    if (answer.claim === "lapsed") {
      if (dedupes || resend) return { send: true };
      const part = lapsedPart(index);
      await store.settlePart(key, part);
      return { part };
    }
    if (answer.claim === "done") {
      const part = knownPart(answer, index);
      if (part.status !== "unknown" || !resend) return { part };
      await store.releasePart(key);
      continue;
    }
    const delayMs = Math.max(retry.delayMs(tries, undefined), 25);
    if (deadline.signal.aborted || delayMs >= deadline.leftMs()) return { part: busyPart(index) };
    await deadline.wait(delayMs);
  }
}

function knownPart({ part }: Extract<PartClaim, { readonly claim: "done" }>, index: number): ReceiptPart {
  return part.status === "sent" ? { ...part, index, status: "deduped" } : { ...part, index };
}

function lapsedPart(index: number): ReceiptPart {
  return { index, status: "unknown", attempts: 0, error: "An earlier try was not heard of again" };
}

function busyPart(index: number): ReceiptPart {
  return { index, status: "unknown", attempts: 0, error: "Another call is sending it", retryable: true };
}
