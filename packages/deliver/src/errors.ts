export type DeliverErrorCode =
  | "DELIVER_EMPTY"
  | "DELIVER_UNKNOWN_CHANNEL"
  | "DELIVER_UNSAFE_NAME"
  | "DELIVER_DUPLICATE_NAME"
  | "DELIVER_UNSAFE_PATH"
  | "DELIVER_OCCUPIED"
  | "DELIVER_SEND_FAILED";

/**
 * A delivery that was refused, or that failed. The code is the contract, the message is for people and never
 * holds the text that was to be delivered.
 *
 * A transport throws `DELIVER_SEND_FAILED` to have its message in the `failed` receipt; every other code is a
 * refusal, which `deliver` rejects with.
 */
export class DeliverError extends Error {
  override readonly name: string = "DeliverError";
  readonly code: DeliverErrorCode;
  /** If the same call may work later: only a send that failed. */
  readonly retryable: boolean;

  constructor(code: DeliverErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === "DELIVER_SEND_FAILED";
  }
}
