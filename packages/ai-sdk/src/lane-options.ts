import { type Logger, reportProblem } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { CallParameters } from "./model-call.ts";
import type { ModelLane } from "./model-lane.ts";
import { requireFunction, requireLogger, requireObject, wrong } from "./require-argument.ts";
import type { Reserve } from "./reserve.ts";

export interface LaneMiddlewareOptions {
  /** Who the call is for, asked in the caller's own async context: an `AsyncLocalStorage` reaches it. @default nobody */
  readonly callerId?: (() => string | undefined) | undefined;
  /** Asked as `callerId` is. @default 0 */
  readonly priority?: (() => number | undefined) | undefined;
  /** Added to the priority of a call that the SDK tries again: it has waited before. @default 1 */
  readonly retryPriority?: number | undefined;
  /**
   * What a call is taken to need before it is made, in tokens: its weight in the lane, and what `reserve` is asked for.
   *
   * @default weight 1, and for `reserve` a quarter of the prompt's characters with the output allowed, or else 1,000
   */
  readonly estimateTokens?: ((call: CallParameters) => number) | undefined;
  /** Takes the estimate out of a budget before anything is awaited; what was used is settled afterwards. @default no budget */
  readonly reserve?: Reserve | undefined;
  /** How long a stream may be without its next part while somebody waits for it, in milliseconds. @default 120_000 */
  readonly idleMs?: number | undefined;
  /** How long a call may hold its slot: the end of a stream that nobody reads. In milliseconds. @default 600_000 */
  readonly maxHoldMs?: number | undefined;
  /** The longest Retry-After that holds the lane; a longer one counts as this. In milliseconds. @default 300_000 */
  readonly maxRetryAfterMs?: number | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

/** Options with their defaults. */
export interface LaneSettings extends Omit<LaneMiddlewareOptions, "logger"> {
  readonly lane: ModelLane;
  readonly retryPriority: number;
  readonly idleMs: number;
  readonly maxHoldMs: number;
  readonly maxRetryAfterMs: number;
  readonly clock: () => number;
  /** Prompts of calls that failed: the SDK tries again with the same one. */
  readonly failed: WeakSet<object>;
  readonly report: (message: string, error: unknown) => void;
}

/** @throws {TypeError | RangeError} naming the option and the value, if one is not valid. */
export function readOptions(lane: ModelLane, options: LaneMiddlewareOptions): LaneSettings {
  const action = "Cannot create lane middleware";
  if (typeof lane?.run !== "function" || typeof lane.holdUntil !== "function") {
    throw wrong(`${action}: 'lane'`, "a lane", lane);
  }
  requireObject(options, `${action}: 'options'`);
  const { retryPriority = 1, idleMs = 120_000, maxHoldMs = 600_000, maxRetryAfterMs = 300_000 } = options;
  const { clock = Date.now, logger } = options;
  requireLogger(logger, action);
  if (typeof retryPriority !== "number") throw wrong(`${action}: 'retryPriority'`, "a number", retryPriority);
  if (!Number.isFinite(retryPriority))
    throw new RangeError(`${action}: 'retryPriority' must be finite: received ${retryPriority}`);
  requireWholeNumber(idleMs, `${action}: 'idleMs'`, 1);
  requireWholeNumber(maxHoldMs, `${action}: 'maxHoldMs'`, 1);
  requireWholeNumber(maxRetryAfterMs, `${action}: 'maxRetryAfterMs'`, 0);
  for (const name of ["callerId", "priority", "estimateTokens", "reserve", "clock"] as const) {
    if (options[name] !== undefined) requireFunction(options[name], `${action}: '${name}'`);
  }
  const report = (message: string, error: unknown): void => reportProblem(logger, message, error);
  const defaults = { retryPriority, idleMs, maxHoldMs, maxRetryAfterMs, clock };
  return { ...options, ...defaults, lane, failed: new WeakSet(), report };
}
