export type DeliverErrorCode =
  | "DELIVER_EMPTY"
  | "DELIVER_UNKNOWN_CHANNEL"
  | "DELIVER_UNKNOWN_ADDRESS"
  | "DELIVER_TOO_LONG"
  | "DELIVER_CONFLICT"
  | "DELIVER_UNSAFE_NAME"
  | "DELIVER_DUPLICATE_NAME"
  | "DELIVER_UNSAFE_PATH"
  | "DELIVER_OCCUPIED"
  | "DELIVER_ADDRESS_REFUSED"
  | "DELIVER_SEND_FAILED"
  | "DELIVER_FILE_SIZE"
  | "DELIVER_UNKNOWN_DELIVERY"
  | "DELIVER_NOT_RETRYABLE"
  | "DELIVER_CLOSED";

/**
 * A delivery that was refused, or that failed. The code is the contract, the message is for people and never
 * holds the text that was to be delivered.
 *
 * `DELIVER_SEND_FAILED` is what a transport throws as a `SendError`; every other code is a refusal, which `deliver`
 * rejects with.
 */
export class DeliverError extends Error {
  override readonly name: string = "DeliverError";
  readonly code: DeliverErrorCode;
  /** If the same call may work later. */
  readonly retryable: boolean;

  constructor(
    code: DeliverErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean | undefined } = {},
  ) {
    const { cause, retryable = code === "DELIVER_SEND_FAILED" } = options;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
  }
}
