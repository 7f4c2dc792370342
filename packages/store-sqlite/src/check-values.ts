/** Checks of single values that methods are given; each names the action, the argument and the value. */

/** @throws {TypeError} if it is no name of something. */
export function requireId(value: string, action: string, argument: string): void {
  requireText(value, action, argument);
  if (value === "") throw new TypeError(`${action}: '${argument}' must not be empty: received ""`);
}

export function requireObject(value: unknown, action: string, argument: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${action}: '${argument}' must be an object: received ${show(value)}`);
}

/**
 * @throws {TypeError} if it is no text.
 *
 * SQLite keeps neither U+0000, in every version of Node, nor half a character: two ids could become one.
 */
export function requireText(value: string, action: string, argument: string): void {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return;
  throw new TypeError(
    `${action}: '${argument}' must be a string of whole characters without U+0000: received ${show(value)}`,
  );
}

export function requireCount(value: number, action: string, argument: string, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return;
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

/** A count or a time in milliseconds: whole, or `Infinity` for no limit. */
export function requireWhole(value: number, action: string, argument: string, minimum: number): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= minimum)) return;
  const message = `${action}: '${argument}' must be a whole number of at least ${minimum}: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}

export function requireLimit(value: number, action: string): void {
  if (value === Number.POSITIVE_INFINITY) return;
  requireCount(value, action, "limit", 1);
}

export function requireAge(value: number, action: string): void {
  const message = `${action}: 'olderThanMs' must be a number of at least 0: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!(value >= 0)) throw new RangeError(message);
}

/** A value as it stands in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
