/** Checks of what the methods of a store are given; each names the action, the argument and the value. */
import { types } from "node:util";
import { requireAge, requireCount, requireId, requireLimit, requireText, show } from "../check-values.ts";
import type { Adoption, JobMove, ListOptions, NewJobRow, PersistedState, Purge } from "./job.ts";

const steps: Readonly<Record<PersistedState, readonly PersistedState[]>> = {
  queued: ["running", "cancelled", "failed"],
  running: ["finished", "cancelled", "failed", "queued"],
  finished: [],
  cancelled: [],
  failed: [],
};

export function checkNewJob(job: NewJobRow): void {
  const action = "Cannot enqueue job";
  requireId(job.jobId, action, "jobId");
  requireId(job.lane, action, "lane");
  requireId(job.owner, action, "owner");
  if (job.callerId !== undefined) requireId(job.callerId, action, "callerId");
  if (job.name !== undefined) requireId(job.name, action, "name");
  requireFinite(job.priority, action, "priority");
  requireAboveZero(job.weight, action, "weight");
  if (job.timeoutMs !== undefined) requireAboveZero(job.timeoutMs, action, "timeoutMs");
  if (types.isUint8Array(job.metadata)) return;
  throw new TypeError(`${action}: 'metadata' must be a Uint8Array: received ${show(job.metadata)}`);
}

export function checkMove({ jobId, epoch, from, to, reason }: JobMove): void {
  const action = "Cannot move job";
  requireId(jobId, action, "jobId");
  requireCount(epoch, action, "epoch", 1);
  if (reason !== undefined) requireText(reason, action, "reason");
  // Own keys only: a state of the name "constructor" is none.
  if (Object.hasOwn(steps, from) && steps[from].includes(to)) return;
  throw new RangeError(`${action}: no step leads from "${String(from)}" to "${String(to)}"`);
}

export function checkList(lane: string, { owner, afterSequence = 0, limit = 1 }: ListOptions): void {
  const action = "Cannot list jobs";
  requireId(lane, action, "lane");
  if (owner !== undefined) requireId(owner, action, "owner");
  requireCount(afterSequence, action, "afterSequence", 0);
  requireLimit(limit, action);
}

export function checkPurge({ olderThanMs, limit }: Purge): void {
  const action = "Cannot purge jobs";
  requireAge(olderThanMs, action);
  requireLimit(limit, action);
}

export function checkAdoption({ lane, from, to, limit }: Adoption): void {
  const action = "Cannot adopt jobs";
  requireId(lane, action, "lane");
  requireId(from.owner, action, "from.owner");
  requireCount(from.count, action, "from.count", 0);
  requireId(to, action, "to");
  requireLimit(limit, action);
  if (to === from.owner) throw new RangeError(`${action}: 'to' must be another owner: received ${show(to)}`);
}

function requireFinite(value: number, action: string, argument: string): void {
  const message = `${action}: '${argument}' must be a finite number: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isFinite(value)) throw new RangeError(message);
}

function requireAboveZero(value: number, action: string, argument: string): void {
  requireFinite(value, action, argument);
  if (value > 0) return;
  throw new RangeError(`${action}: '${argument}' must be above 0: received ${show(value)}`);
}
