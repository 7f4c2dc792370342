/**
 * - `delivered`: every part was sent; `notes` say what had to be left out.
 * - `partial`: some parts were sent, some were not.
 * - `failed`: nothing was sent.
 * - `unknown`: it may have arrived, or the rest of it; nobody can say.
 * - `discarded`: nothing was sent, as nobody asked for it. Never counted as delivered.
 */
export type ReceiptStatus = "delivered" | "partial" | "failed" | "unknown" | "discarded";

/**
 * `deduped` was sent by an earlier call with the same key; `skipped` was not tried because an earlier part failed; `unknown`
 * may have arrived.
 */
export type PartStatus = "sent" | "deduped" | "failed" | "skipped" | "unknown";

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

/** Something that was changed or left out, and that the reader was told of. */
export interface ReceiptNote {
  readonly code: "split" | "truncated" | "file-dropped" | "mention-removed" | "text-attached";
  readonly detail: string;
}

/** What became of a message. Plain data without the message's text: safe to log and store. */
export interface Receipt {
  readonly status: ReceiptStatus;
  readonly parts: readonly ReceiptPart[];
  readonly notes: readonly ReceiptNote[];
}

/** The receipt of a message that went out as one part at the first try. */
export function sentReceipt(notes: readonly ReceiptNote[] = []): Receipt {
  return { status: "delivered", parts: [{ index: 0, status: "sent", attempts: 1 }], notes };
}

/** The receipt of a message of one part that was tried once. `error` must not hold the message's text. */
export function failedReceipt(error: string): Receipt {
  return { status: "failed", parts: [{ index: 0, status: "failed", attempts: 1, error }], notes: [] };
}

/** If the part is with the reader. */
export function hasArrived({ status }: ReceiptPart): boolean {
  return status === "sent" || status === "deduped";
}

/** What the parts amount to. */
export function statusOf(parts: readonly ReceiptPart[]): ReceiptStatus {
  const arrived = parts.filter(hasArrived).length;
  if (arrived === parts.length) return "delivered";
  const absent = parts.some(({ status }) => status === "failed" || status === "skipped");
  if (arrived > 0 && absent) return "partial";
  return parts.some(({ status }) => status === "unknown") ? "unknown" : "failed";
}
