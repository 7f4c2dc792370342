/** The contract that callers switch on. Codes never change within a major version, messages may. */
export type AttachErrorCode =
  | "ATTACH_ABORTED"
  | "ATTACH_CLOSED"
  | "ATTACH_DUPLICATE"
  | "ATTACH_EMPTY"
  | "ATTACH_MISMATCH"
  | "ATTACH_PATH"
  | "ATTACH_SOURCE"
  | "ATTACH_STORE"
  | "ATTACH_TOO_LARGE"
  | "ATTACH_TOO_MANY"
  | "ATTACH_TOTAL"
  | "ATTACH_TYPE"
  | "ATTACH_UNDRAINED";

export interface AttachErrorDetails {
  /** True where the same call may succeed later without a change to it. @default false */
  readonly retryable?: boolean | undefined;
  /** The bound that was hit, and what was there. */
  readonly limit?: number | undefined;
  readonly observed?: number | undefined;
  readonly cause?: unknown;
}

/** A refusal that a model may read: its message holds no path, no file name and no content. */
export class AttachError extends Error {
  override readonly name: string = "AttachError";
  readonly code: AttachErrorCode;
  readonly retryable: boolean;
  readonly limit: number | undefined;
  readonly observed: number | undefined;

  constructor(code: AttachErrorCode, message: string, details: AttachErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.limit = details.limit;
    this.observed = details.observed;
  }
}
