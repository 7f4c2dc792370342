/** Checks of what the methods are given; each names the action, the argument and the value. */
import { maxIdBytes, requireId } from "../check-values.ts";
import {
  requireAboveZero,
  requireCount,
  requireFinite,
  requireLimit,
  requireObject,
  requirePurge,
  requireText,
} from "../internal/check-values.ts";
import { isBytes } from "../internal/is-bytes.ts";
import { show } from "../internal/show.ts";
import type { Adoption } from "./adopt-jobs.ts";
import type { ListOptions } from "./list-jobs.ts";
import type { JobMove } from "./move-jobs.ts";
import type { Purge } from "./purge-jobs.ts";
import type { PersistedState, NewJobRow } from "./rows.ts";

export function checkNewJob(job: NewJobRow): void {
  const action = "Cannot enqueue job";
  requireObject(job, action, "job");
  requireId(job.jobId, action, "jobId", maxIdBytes);
  requireId(job.lane, action, "lane");
  requireId(job.owner, action, "owner");
  if (job.callerId !== undefined) requireId(job.callerId, action, "callerId", Number.POSITIVE_INFINITY);
  if (job.name !== undefined) requireId(job.name, action, "name", Number.POSITIVE_INFINITY);
  requireFinite(job.priority, action, "priority");
  requireAboveZero(job.weight, action, "weight");
  if (job.timeoutMs !== undefined) requireAboveZero(job.timeoutMs, action, "timeoutMs");
  if (!isBytes(job.metadata)) {
    throw new TypeError(`${action}: 'metadata' must be a Uint8Array: received ${show(job.metadata)}`);
  }
}

/** The legal steps of a job. Nothing leaves an end. */
const steps: { readonly [From in JobMove["from"]]: readonly PersistedState[] } = {
  queued: ["running", "cancelled", "failed"],
  running: ["finished", "cancelled", "failed", "queued"],
};

export function checkMove(move: JobMove): void {
  const action = "Cannot move job";
  requireObject(move, action, "move");
  const { jobId, epoch, from, to, reason } = move;
  requireId(jobId, action, "jobId", maxIdBytes);
  requireCount(epoch, action, "epoch", 1);
  if (reason !== undefined) requireText(reason, action, "reason");
  // Own keys only: a state of the name "constructor" is none.
  if (typeof from === "string" && Object.hasOwn(steps, from) && steps[from].includes(to)) return;
  throw new RangeError(`${action}: no step leads from ${show(from)} to ${show(to)}`);
}

export function checkList(lane: string, options: ListOptions): void {
  const action = "Cannot list jobs";
  requireObject(options, action, "options");
  const { owner, afterSequence = 0, limit = 1 } = options;
  requireId(lane, action, "lane");
  if (owner !== undefined) requireId(owner, action, "owner");
  requireCount(afterSequence, action, "afterSequence", 0);
  requireLimit(limit, action);
}

export function checkPurge(purge: Purge): void {
  requirePurge(purge, "Cannot purge jobs");
}

export function checkAdoption(adoption: Adoption): void {
  const action = "Cannot adopt jobs";
  requireObject(adoption, action, "adoption");
  const { lane, from, to, limit } = adoption;
  requireObject(from, action, "from");
  requireId(lane, action, "lane");
  requireId(from.owner, action, "from.owner");
  requireCount(from.count, action, "from.count", 0);
  requireId(to, action, "to");
  requireLimit(limit, action);
  if (to === from.owner) throw new RangeError(`${action}: 'to' must be another owner: received ${show(to)}`);
}

export function checkJobId(jobId: string): void {
  requireId(jobId, "Cannot get job", "jobId", maxIdBytes);
}

export function checkLane(lane: string, action: string): void {
  requireId(lane, action, "lane");
}

export function checkLease(lane: string, owner: string, action: string): void {
  requireId(lane, action, "lane");
  requireId(owner, action, "owner");
}
