import type { Job, SubmitOptions } from "@executus/lane";
import { show } from "./internal/show.ts";
import { unsupported } from "./refusals.ts";

/** A submit that has passed every check. */
export interface CheckedJob {
  readonly jobId: string;
  readonly callerId: string | undefined;
  readonly name: string;
  readonly metadata: Uint8Array | undefined;
  readonly priority: number;
  readonly weight: number;
  readonly timeoutMs: number | undefined;
}

/** @throws {TypeError | RangeError | LaneError} naming the option and the value, before anything of it is registered. */
export function checkJob(lane: string, job: Job<unknown>, options: SubmitOptions): CheckedJob {
  const what = `Cannot submit to lane "${lane}":`;
  for (const [option, value] of Object.entries({ job, options }))
    if (typeof value !== "object" || value === null)
      throw new TypeError(`${what} '${option}' must be an object: received ${show(value)}`);
  const { signal } = options;
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== "function")
    throw new TypeError(`${what} 'signal' must be an AbortSignal: received ${show(signal)}`);
  signal?.throwIfAborted();
  const { id, callerId, name, metadata, priority = 0, weight = 1, timeoutMs } = job;
  requireText(id, `${what} 'id'`);
  if (callerId !== undefined) requireText(callerId, `${what} 'callerId'`);
  if (!Number.isFinite(priority))
    throw new RangeError(`${what} 'priority' must be a finite number: received ${show(priority)}`);
  if (!(Number.isFinite(weight) && weight > 0))
    throw new RangeError(`${what} 'weight' must be a finite number above 0: received ${show(weight)}`);
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs > 0))
    throw new RangeError(`${what} 'timeoutMs' must be a number above 0: received ${show(timeoutMs)}`);
  if (metadata !== undefined && !(metadata instanceof Uint8Array))
    throw new TypeError(`${what} 'metadata' must be a Uint8Array: received ${show(metadata)}`);
  if (name === undefined)
    throw unsupported(`${what} a job needs a 'name' on BullMQ, which runs no function of the submitter`);
  requireText(name, `${what} 'name'`);
  const limitMs = timeoutMs === Number.POSITIVE_INFINITY ? undefined : timeoutMs;
  return { jobId: id, callerId, name, metadata, priority, weight, timeoutMs: limitMs };
}

/** Two ids that are no valid text could become the same one on their way to Redis. */
function requireText(value: unknown, what: string): void {
  if (typeof value !== "string" || value === "" || !value.isWellFormed())
    throw new TypeError(
      `${what} must be a string of valid Unicode that is not empty: received ${show(value)}`,
    );
}
