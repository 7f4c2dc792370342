/** The contract: codes never change within a major version, messages may. */
export type StoreErrorCode =
  | "STORE_CLOSED"
  | "STORE_CONFLICT"
  | "STORE_DENIED"
  | "STORE_FAILED"
  | "STORE_FULL"
  | "STORE_NEWER_SCHEMA"
  | "STORE_NO_BLOB"
  | "STORE_READ_ONLY"
  | "STORE_UNAVAILABLE";

export interface StoreErrorDetails {
  /** False only where nothing was done and the same call cannot succeed later. */
  readonly retryable: boolean;
  /** What the driver or the server said. It may hold names and values: for logs, not for users. */
  readonly cause?: unknown;
}

/** Every failure of the store that is no mistake in an argument. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, message: string, { retryable, cause }: StoreErrorDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable;
  }
}
