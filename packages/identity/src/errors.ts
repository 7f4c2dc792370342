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

const codes: { readonly [Of in Reason]?: IdentityErrorCode } = {
  unconfigured: "IDENTITY_UNCONFIGURED",
  error: "IDENTITY_UNDECIDED",
  timeout: "IDENTITY_UNDECIDED",
};

/** What `require` throws for a denial: for a model or a user to read, so that it says no more than that. */
export function refusal(reason: Reason): IdentityError {
  const code = codes[reason] ?? "IDENTITY_FORBIDDEN";
  const retryable = code === "IDENTITY_UNDECIDED";
  const why = retryable ? "whether it is allowed could not be found out" : "it is not allowed";
  return new IdentityError(code, `Cannot do this: ${why}`, { reason, retryable });
}
