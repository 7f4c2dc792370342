import { LaneError } from "@executus/lane";
import { BullmqLaneError } from "./errors.ts";

/** Why a lane does not take a job, or ends one, in words. One function a reason, so that a message is written once. */

export function closed(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_CLOSED", `Cannot submit job "${jobId}" to lane "${lane}": the lane is closed`);
}

export function closedLane(what: string, lane: string): LaneError {
  return new LaneError("LANE_CLOSED", `Cannot ${what}: lane "${lane}" is closed`);
}

export function survivesClose(jobId: string, lane: string): LaneError {
  const message = `Job "${jobId}" was not done when lane "${lane}" closed here: it is stored, and another process goes on with it`;
  return new LaneError("LANE_CLOSED", message, { survives: true });
}

export function closedWhileRunning(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_CLOSED", `Lane "${lane}" closed while job "${jobId}" ran`);
}

export function duplicate(jobId: string, lane: string, state: string): LaneError {
  const message = `Cannot submit job "${jobId}" to lane "${lane}": a job of that id is ${state}`;
  return new LaneError("LANE_DUPLICATE", message, { state });
}

export function full(jobId: string, lane: string, limit: number, observed: number): LaneError {
  const message = `Cannot submit job "${jobId}" to lane "${lane}": its queue is full (${observed} of ${limit})`;
  return new LaneError("LANE_FULL", message, { retryable: true, limit, observed });
}

export function unknownJob(verb: string, jobId: string, lane: string): LaneError {
  return new LaneError("LANE_UNKNOWN_JOB", `Cannot ${verb} job "${jobId}": lane "${lane}" has no such job`);
}

export function notQueued(jobId: string, lane: string, state: string): LaneError {
  const message = `Cannot cancel job "${jobId}": it is ${state} in lane "${lane}"`;
  return new LaneError("LANE_NOT_QUEUED", message, { state });
}

export function notRunning(jobId: string, lane: string, state: string): LaneError {
  const message = `Cannot abort job "${jobId}": it is ${state} in lane "${lane}"`;
  return new LaneError("LANE_NOT_RUNNING", message, { state });
}

export function cancelled(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_CANCELLED", `Job "${jobId}" was cancelled while queued in lane "${lane}"`);
}

export function aborted(jobId: string, lane: string): LaneError {
  return new LaneError("LANE_ABORTED", `Job "${jobId}" was aborted in lane "${lane}"`);
}

export function timedOut(jobId: string, lane: string, timeoutMs: number): LaneError {
  const message = `Job "${jobId}" ran longer than its ${timeoutMs} ms in lane "${lane}"`;
  return new LaneError("LANE_TIMEOUT", message, { limit: timeoutMs });
}

export function fenced(jobId: string, lane: string): LaneError {
  const message = `Job "${jobId}" of lane "${lane}" is not this process's any more: its lock could not be renewed in time`;
  return new LaneError("LANE_FENCED", message);
}

export function capBound(lane: string): LaneError {
  return new LaneError("LANE_CAP_BOUND", `Cannot change lane "${lane}": its cap follows a function`);
}

export function unsupported(what: string): LaneError {
  return new LaneError("LANE_UNSUPPORTED", what);
}

export function noAnswer(what: string, lane: string, limitMs: number): LaneError {
  const message = `Cannot tell if lane "${lane}" did ${what}: Redis did not answer within ${limitMs} ms`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true });
}

export function unanswered(what: string, lane: string): LaneError {
  const message = `Cannot tell if lane "${lane}" did ${what}: it was closed before Redis answered`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true });
}

/** The driver's words are its cause: they are not for everybody. */
export function refusedByRedis(what: string, lane: string, cause: unknown): LaneError {
  const [kind] = /^[A-Z]+\b/.exec(cause instanceof Error ? cause.message : "") ?? ["see its cause"];
  const message = `Lane "${lane}" could not ${what}: Redis refused (${kind})`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true, cause });
}

export function forgotten(lane: string): LaneError {
  const message = `Cannot tell if lane "${lane}" took the job: Redis has lost its data before it answered`;
  return new LaneError("LANE_STORE_UNKNOWN", message, { retryable: true });
}

export function interrupted(lane: string): BullmqLaneError {
  const message = `The process that ran this job of lane "${lane}" died, or was cut off for longer than its lock`;
  return new BullmqLaneError("LANE_INTERRUPTED", message);
}

export function lost(jobId: string, lane: string): BullmqLaneError {
  const message = `Job "${jobId}" of lane "${lane}" is not in Redis any more: its data was lost or deleted`;
  return new BullmqLaneError("LANE_LOST", message);
}

export function notRebuilt(jobId: string, lane: string, why: string, cause?: unknown): BullmqLaneError {
  return new BullmqLaneError(
    "LANE_NOT_REBUILT",
    `Job "${jobId}" of lane "${lane}" cannot be built: ${why}`,
    cause,
  );
}
