import { DeliverError } from "./errors.ts";
import { failureReason } from "./failure-reason.ts";

/** The error of a transport for something that went wrong: the action, then why in a few words, the rest as cause. */
export function sendFailed(action: string, cause: unknown): DeliverError {
  return new DeliverError("DELIVER_SEND_FAILED", `${action}: ${failureReason(cause)}`, { cause });
}
