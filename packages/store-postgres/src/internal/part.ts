// A copy of scripts/internal/part.ts: change it there, then run scripts/sync-internal.ts.
/** What became of one part of a message. */
export type PartStatus = "sent" | "deduped" | "failed" | "skipped" | "unknown";

/** One part of a message as it was sent, or was not. */
export interface ReceiptPart {
  /** 0-based, in the order of the message. */
  readonly index: number;
  readonly status: PartStatus;
  /** How often it was tried. */
  readonly attempts: number;
  /** The platform's id of the message that it became. */
  readonly remoteId?: string | undefined;
  /** Where it can be seen. Never a webhook's address. */
  readonly url?: string | undefined;
  /** What was attempted and why it failed. Never the message's text. */
  readonly error?: string | undefined;
  /** Set if the same call may work later. */
  readonly retryable?: true | undefined;
  /** How long the other side asked to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** What a claim found: the key is the caller's, somebody else's, another part's, or it was settled as this part. */
export type PartClaim =
  | { readonly claim: "new" | "busy" | "lapsed" | "conflict" }
  | { readonly claim: "done"; readonly part: ReceiptPart };

export interface PartPurge {
  /** Only what was claimed or settled at least so long ago by the store's clock; 0 is everything, `Infinity` nothing. */
  readonly olderThanMs: number;
  /** At most so many keys, at least 1; `Infinity` is no limit. */
  readonly limit: number;
}
