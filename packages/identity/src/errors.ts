import type { Reason } from "./decision.ts";

/** The contract: codes never change within a major version, messages may. */
export type IdentityErrorCode =
  | "IDENTITY_FORBIDDEN"
  | "IDENTITY_LOOKUP_FAILED"
  | "IDENTITY_UNCONFIGURED"
  | "IDENTITY_UNDECIDED";

export interface IdentityErrorDetails {
  /** True where the same call may succeed later without a change to it. @default false */
  readonly retryable?: boolean | undefined;
  readonly reason?: Reason | undefined;
  readonly cause?: unknown;
}

/** The one error class of this package. Its message never carries a value: no id, action or role. */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
  readonly code: IdentityErrorCode;
  readonly retryable: boolean;
  /** Of what `require` throws: the decision's. */
  readonly reason: Reason | undefined;

  constructor(code: IdentityErrorCode, message: string, details: IdentityErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.retryable = details.retryable ?? false;
    this.reason = details.reason;
  }
}
