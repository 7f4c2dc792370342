/**
 * Stops runaway dispatch from agent to agent: one predicate over depth, cycles, width, live count, budgets, deadline and
 * calls in flight.
 *
 * @module
 */
export type { OnDuplicate } from "./admit.ts";
export { callKey } from "./call-key.ts";
export type { DispatchGuardOptions } from "./create-dispatch-guard.ts";
export { createDispatchGuard } from "./create-dispatch-guard.ts";
export type { CheckOptions, DispatchGuard, DispatchOptions, RootOptions } from "./dispatch-guard.ts";
export type { GuardErrorCode, Refusal } from "./errors.ts";
export { GuardError } from "./errors.ts";
export type { GuardEvent } from "./guard-event.ts";
export type { Frame, Remaining, Reservation } from "./frame.ts";
export type { Logger } from "./internal/logger.ts";
export type { Limit, Limits } from "./limits.ts";
export type { Code } from "./run-frame.ts";
export type { PathEntry, Target } from "./target.ts";
