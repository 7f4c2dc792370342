/**
 * - `delivered`: every part was sent; `notes` say what had to be left out.
 * - `partial`: some parts were sent.
 * - `failed`: nothing was sent.
 * - `unknown`: it may have arrived; nobody can say.
 * - `discarded`: nothing was sent, as nobody asked for it. Never counted as delivered.
 */
export type ReceiptStatus = "delivered" | "partial" | "failed" | "unknown" | "discarded";

/** `skipped` was not tried because an earlier part failed; `unknown` may have arrived. */
export type PartStatus = "sent" | "failed" | "skipped" | "unknown";

export interface ReceiptPart {
  /** 0-based, in the order of the message. */
  readonly index: number;
  readonly status: PartStatus;
  /** How often it was tried. */
  readonly attempts: number;
  /** What was attempted and why it failed. Never the message's text. */
  readonly error?: string | undefined;
}

/** Something that was left out, and that the reader was told of. */
export interface ReceiptNote {
  readonly code: "file-dropped";
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
