import { requireId as requireAnyId } from "./internal/check-values.ts";

/** What fits into an index of PostgreSQL, by itself or two of them together. */
export const maxIdBytes: number = 2_000;
const maxNameBytes: number = 1_000;

/** @throws {TypeError | RangeError} if it is no name of something, or is longer than an index takes. */
export function requireId(
  value: string,
  action: string,
  argument: string,
  maxBytes: number = maxNameBytes,
): void {
  requireAnyId(value, action, argument);
  // No character takes more than three bytes for each of its units.
  if (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes) return;
  throw new RangeError(
    `${action}: '${argument}' must be at most ${maxBytes} bytes: received ${Buffer.byteLength(value)}`,
  );
}
