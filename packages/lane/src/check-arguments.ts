import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import type { CloseOptions } from "./lane.ts";

/** Checks of what a lane's methods take; each names the action, the argument and the value. */

/** @throws {TypeError | RangeError} if it is no instant, or not said why. */
export function requireHold(at: number, reason: string, lane: string): void {
  const what = `Cannot hold lane "${lane}":`;
  if (!Number.isFinite(at)) throw mistake(at, `${what} 'at' must be epoch milliseconds`);
  if (typeof reason !== "string") throw mistake(reason, `${what} 'reason' must be a string`);
}

/** @throws {TypeError | RangeError} if the lane cannot be closed like this. */
export function requireClose(options: CloseOptions, lane: string): void {
  const what = `Cannot close lane "${lane}":`;
  requireKnown(options, { graceMs: true }, `${what} 'options'`);
  if (options.graceMs !== undefined) requireTime(options.graceMs, `${what} 'graceMs'`);
}

/** @throws {TypeError | RangeError} if it is no length of time. */
export function requireTime(ms: number, what: string): void {
  if (typeof ms === "number" && ms >= 0) return;
  throw mistake(ms, `${what} must be 0 or more, or Infinity`);
}

/** @throws {TypeError | RangeError} if it is no amount. */
export function requireUsedWeight(actual: number, jobId: string): void {
  if (Number.isFinite(actual) && actual >= 0) return;
  throw mistake(actual, `Cannot settle job "${jobId}": its weight must be a finite number of at least 0`);
}

/** @throws {TypeError} if it is no id of a job. */
export function requireJobId(jobId: string, lane: string): void {
  if (typeof jobId === "string" && jobId !== "") return;
  throw mistake(jobId, `Cannot find job of lane "${lane}": 'jobId' must be a string that is not empty`);
}

function mistake(value: unknown, expected: string): Error {
  const message = `${expected}: received ${show(value)}`;
  return typeof value === "number" ? new RangeError(message) : new TypeError(message);
}
