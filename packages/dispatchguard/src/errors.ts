/** The contract: codes never change within a major version, messages may. */
export type GuardErrorCode =
  | "GUARD_BUDGET"
  | "GUARD_CLOSED"
  | "GUARD_CONCURRENCY"
  | "GUARD_CYCLE"
  | "GUARD_DEADLINE"
  | "GUARD_DEPTH"
  | "GUARD_DUPLICATE"
  | "GUARD_FANOUT"
  | "GUARD_LOOP"
  | "GUARD_NO_ROOT"
  | "GUARD_TOKEN";

/** Why something was not done: plain data, made to be handed to a model as the result of its tool. */
export interface Refusal {
  readonly code: GuardErrorCode;
  /** The bound that was hit, and what was there when it was hit. */
  readonly limit?: number;
  readonly observed?: number;
  /** True where the same call may succeed later without a change to it. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** One or two sentences for the model: which limit, and what to do instead. Names no internals. */
  readonly message: string;
}

/** The one error class of this package. It has the fields of its refusal, and carries the plain value. */
export class GuardError extends Error implements Refusal {
  override readonly name = "GuardError";
  readonly code: GuardErrorCode;
  readonly limit?: number;
  readonly observed?: number;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** The same as plain data: what an error's own JSON leaves out. */
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.code = refusal.code;
    this.retryable = refusal.retryable;
    if (refusal.limit !== undefined) this.limit = refusal.limit;
    if (refusal.observed !== undefined) this.observed = refusal.observed;
    if (refusal.retryAfterMs !== undefined) this.retryAfterMs = refusal.retryAfterMs;
    this.refusal = refusal;
  }
}
