import { requireObject, requireOneOf } from "../check-options.ts";
import { DeliverError } from "../errors.ts";
import { failureReason } from "../failure-reason.ts";

export interface SendErrorOptions {
  /** `no`: nothing has arrived, for sure. `maybe`: it may have, such as when a connection dies before the answer. */
  readonly applied: "no" | "maybe";
  /** If the very same request can never work. @default false */
  readonly permanent?: boolean | undefined;
  /** How long the other side asked to wait. */
  readonly retryAfterMs?: number | undefined;
  /** The status of HTTP, where there is one. */
  readonly status?: number | undefined;
  readonly cause?: unknown;
}

/** What a transport throws if a part was not sent, or may not have been. The message goes into the receipt. */
export class SendError extends DeliverError {
  override readonly name: string = "SendError";
  readonly applied: "no" | "maybe";
  readonly permanent: boolean;
  readonly retryAfterMs: number | undefined;
  readonly status: number | undefined;

  constructor(message: string, options: SendErrorOptions) {
    requireObject(options, "Cannot make SendError: 'options'");
    requireOneOf(options.applied, "Cannot make SendError: 'applied'", ["no", "maybe"]);
    const { applied, permanent = false, retryAfterMs, status, cause } = options;
    super("DELIVER_SEND_FAILED", message, { cause, retryable: !permanent });
    this.applied = applied;
    this.permanent = permanent;
    this.retryAfterMs = retryAfterMs;
    this.status = status;
  }
}

/** Reasons of the system that pass by themselves. */
const passing = new Set(["EBUSY", "EAGAIN", "EMFILE", "ENFILE"]);

/** The error for something of the system that went wrong: the action, then why in a few words, the rest as cause. */
export function sendFailed(action: string, cause: unknown): SendError {
  const { code } = Object(cause) as { readonly code?: unknown };
  const permanent = !passing.has(String(code));
  return new SendError(`${action}: ${failureReason(cause)}`, { applied: "no", permanent, cause });
}
