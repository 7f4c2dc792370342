import type { LaneError } from "./errors.ts";
import type { LaneOptions } from "./options.ts";
import { full } from "./refusals.ts";

/** Why no further job may wait, if one of a lane's bounds is reached by what waits now: in all, or of the caller. */
export function boundReached(
  { maxQueued = Number.POSITIVE_INFINITY, maxQueuedPerCaller = Number.POSITIVE_INFINITY }: LaneOptions,
  what: string,
  inAll: number,
  ofCaller: number,
): LaneError | undefined {
  if (inAll >= maxQueued) return full(what, "the lane's queue", maxQueued, inAll);
  if (ofCaller >= maxQueuedPerCaller) return full(what, "the caller's queue", maxQueuedPerCaller, ofCaller);
  return undefined;
}
