import type { LaneError } from "./errors.ts";
import type { LaneOptions } from "./options.ts";
import { full } from "./refusals.ts";

/** Why a job may not wait, if one of its lane's bounds is reached by what waits now: in all, or of its caller. */
export function boundReached(
  jobId: string | undefined,
  { name, maxQueued = Number.POSITIVE_INFINITY, maxQueuedPerCaller = Number.POSITIVE_INFINITY }: LaneOptions,
  inAll: number,
  ofCaller: number,
): LaneError | undefined {
  if (inAll >= maxQueued) return full(jobId, name, "the lane's queue", maxQueued, inAll);
  if (ofCaller >= maxQueuedPerCaller)
    return full(jobId, name, "the caller's queue", maxQueuedPerCaller, ofCaller);
  return undefined;
}
