/** The contract: codes never change within a major version, messages may. */
export type StoreErrorCode =
  | "STORE_CLOSED"
  | "STORE_CORRUPT"
  | "STORE_DENIED"
  | "STORE_FAILED"
  | "STORE_FULL"
  | "STORE_LOCKED"
  | "STORE_NEWER_SCHEMA"
  | "STORE_NO_BLOB"
  | "STORE_NO_FOLDER"
  | "STORE_NOT_A_DATABASE"
  | "STORE_READ_ONLY";

/** The same call may work later: space is freed, a lock is let go of, a disk comes back. */
const retryable: ReadonlySet<StoreErrorCode> = new Set(["STORE_FAILED", "STORE_FULL", "STORE_LOCKED"]);

/** What the file, or the system below it, did not let the store do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  /** `false` says that nothing was done, and that the same call will not work as things are. */
  readonly retryable: boolean;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = retryable.has(code);
  }
}
