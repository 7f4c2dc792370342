import { LaneError, type LaneErrorCode } from "./errors.ts";
import type { JobState } from "./wait.ts";

/** Why a lane does not take a job, or ends one, in words. One function a reason, so that a message is written once. */

export function closed(jobId: string | undefined, lane: string): LaneError {
  return new LaneError("LANE_CLOSED", `${cannotSubmit(jobId, lane)}: the lane is closed`);
}

export function duplicate(jobId: string, lane: string, state: JobState): LaneError {
  const stands = state === "queued" ? "queued" : "running";
  return duplicateOf(jobId, lane, stands);
}

export function duplicateOf(jobId: string, lane: string, state: string): LaneError {
  const message = `${cannotSubmit(jobId, lane)}: a job of that id is ${state}`;
  return new LaneError("LANE_DUPLICATE", message, { state });
}

export function tooHeavy(jobId: string | undefined, lane: string, weight: number, limit: number): LaneError {
  const message = `${cannotSubmit(jobId, lane)}: its weight of ${weight} is above the rate limit of ${limit}`;
  return new LaneError("LANE_TOO_HEAVY", message, { limit, observed: weight });
}

export function full(
  jobId: string | undefined,
  lane: string,
  queue: string,
  limit: number,
  observed: number,
): LaneError {
  const message = `${cannotSubmit(jobId, lane)}: ${queue} is full (${observed} of ${limit})`;
  return new LaneError("LANE_FULL", message, { retryable: true, limit, observed });
}

function cannotSubmit(jobId: string | undefined, lane: string): string {
  return `Cannot submit ${jobId === undefined ? "a job" : `job "${jobId}"`} to lane "${lane}"`;
}

export function unknownJob(verb: string, jobId: string, lane: string): LaneError {
  return new LaneError("LANE_UNKNOWN_JOB", `Cannot ${verb} job "${jobId}": lane "${lane}" has no such job`);
}

export function notQueued(jobId: string, lane: string): LaneError {
  return notQueuedBut(jobId, lane, "running");
}

export function notQueuedBut(jobId: string, lane: string, state: string): LaneError {
  const message = `Cannot cancel job "${jobId}": it is ${state} in lane "${lane}"`;
  return new LaneError("LANE_NOT_QUEUED", message, { state });
}

export function notRunning(jobId: string, lane: string): LaneError {
  return notRunningBut(jobId, lane, "queued");
}

export function notRunningBut(jobId: string, lane: string, state: string): LaneError {
  const message = `Cannot abort job "${jobId}": it is ${state} in lane "${lane}"`;
  return new LaneError("LANE_NOT_RUNNING", message, { state });
}

export function cancelled(jobId: string, lane: string): LaneError {
  return endOfQueued("LANE_CANCELLED", `Job "${jobId}" was cancelled while queued in lane "${lane}"`);
}

export function aborted(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_ABORTED", `Job "${jobId}" was aborted in lane "${lane}"`);
}

export function timedOut(jobId: string, lane: string, timeoutMs: number): LaneError {
  const message = `Job "${jobId}" ran longer than its ${timeoutMs} ms in lane "${lane}"`;
  return new LaneError("LANE_TIMEOUT", message, { limit: timeoutMs });
}

export function closedWhileQueued(jobId: string, lane: string): LaneError {
  return endOfQueued("LANE_CLOSED", `Job "${jobId}" was still queued when lane "${lane}" closed`);
}

/** Without a stack: it would show only the lane, and making it would take four times as long as all else in a cancellation. */
function endOfQueued(code: LaneErrorCode, message: string): LaneError {
  const { stackTraceLimit } = Error;
  // Not an assignment, which throws where built-ins are frozen.
  Reflect.set(Error, "stackTraceLimit", 0);
  const error = new LaneError(code, message);
  Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  return error;
}

export function closedWhileRunning(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_CLOSED", `Lane "${lane}" closed while job "${jobId}" ran`);
}

export function capBound(lane: string): LaneError {
  return new LaneError("LANE_CAP_BOUND", `Cannot change lane "${lane}": its cap follows a function`);
}

export function survivesClose(jobId: string, lane: string): LaneError {
  const message = `Job "${jobId}" was still queued when lane "${lane}" closed: it is stored, and starts after the next boot`;
  return new LaneError("LANE_CLOSED", message, { survives: true });
}

export function fenced(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_FENCED", `Job "${jobId}" of lane "${lane}" belongs to another process by now`);
}

export function storeUnknown(what: string, jobId: string, lane: string, cause: unknown): LaneError {
  const message = `Cannot tell if job "${jobId}" of lane "${lane}" is ${what}: the store does not answer`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true, cause });
}

export function storeUnknownLane(lane: string, cause: unknown): LaneError {
  const message = `Cannot recover lane "${lane}": the store does not answer`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true, cause });
}

export function unsupported(what: string): LaneError {
  return new LaneError("LANE_UNSUPPORTED", what);
}
