/** Checks of single values that methods are given; each names the action, the argument and the value. */

/** What fits into an index of PostgreSQL, by itself or two of them together. */
export const maxIdBytes: number = 2_000;
const maxNameBytes: number = 1_000;

export function requireId(
  value: string,
  action: string,
  argument: string,
  maxBytes: number = maxNameBytes,
): void {
  requireText(value, action, argument);
  if (value === "") throw new TypeError(`${action}: '${argument}' must not be empty: received ""`);
  // No character takes more than three bytes for each of its units.
  if (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes) return;
  throw new RangeError(
    `${action}: '${argument}' must be at most ${maxBytes} bytes: received ${Buffer.byteLength(value)}`,
  );
}

export function requireObject(value: unknown, action: string, argument: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${action}: '${argument}' must be an object: received ${show(value)}`);
}

/** PostgreSQL keeps neither U+0000 nor half a character; changed on the way, two ids could become one. */
export function requireText(value: string, action: string, argument: string): void {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return;
  throw new TypeError(
    `${action}: '${argument}' must be a string of whole characters without U+0000: received ${show(value)}`,
  );
}

export interface Bound {
  readonly above?: number;
  readonly atLeast?: number;
}

export function requireNumber(value: number, action: string, argument: string, bound: Bound = {}): void {
  const { above = Number.NEGATIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = bound;
  const text = Object.keys(bound).length > 0 ? `, ${"above" in bound ? "above" : "at least"} 0` : "";
  const message = `${action}: '${argument}' must be a finite number${text}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isFinite(value) || value <= above || value < atLeast) throw new RangeError(message);
}

export function requireCount(value: number, action: string, argument: string, minimum: number): void {
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(value) || value < minimum) throw new RangeError(message);
}

/** A count or a time in milliseconds: whole, or `Infinity` for no limit. */
export function requireWhole(value: number, action: string, argument: string, minimum: number): void {
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (value === Number.POSITIVE_INFINITY) return;
  if (!Number.isInteger(value) || value < minimum) throw new RangeError(message);
}

export function requireLimit(value: number, action: string): void {
  if (value !== Number.POSITIVE_INFINITY) requireCount(value, action, "limit", 1);
}

export function requireAge(value: number, action: string): void {
  if (value !== Number.POSITIVE_INFINITY) requireNumber(value, action, "olderThanMs", { atLeast: 0 });
}

/** A value as it stands in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
