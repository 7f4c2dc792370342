/** Checks of the numbers that a lane's methods take; each names the action, the argument and the value. */

/** @throws {RangeError} if it is no instant. */
export function requireInstant(at: number, lane: string): void {
  if (Number.isFinite(at)) return;
  throw new RangeError(`Cannot hold lane "${lane}": 'at' must be epoch milliseconds: received ${String(at)}`);
}

/** @throws {RangeError} if it is no length of time. */
export function requireGrace(graceMs: number, lane: string): void {
  if (graceMs >= 0) return;
  const received = String(graceMs);
  throw new RangeError(
    `Cannot close lane "${lane}": 'graceMs' must be 0 or more, or Infinity: received ${received}`,
  );
}

/** @throws {RangeError} if it is no amount. */
export function requireUsedWeight(actual: number, jobId: string): void {
  if (Number.isFinite(actual) && actual >= 0) return;
  const received = String(actual);
  throw new RangeError(
    `Cannot settle job "${jobId}": its weight must be a finite number of at least 0: received ${received}`,
  );
}
