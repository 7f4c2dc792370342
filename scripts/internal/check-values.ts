/** Checks of single values that the methods of a store are given; each names the action, the argument and the value. */
import { show } from "./show.ts";

/** @throws {TypeError} if it is no object: what is in it is checked one by one. */
export function requireObject(value: unknown, action: string, argument: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${action}: '${argument}' must be an object: received ${show(value)}`);
}

/** @throws {TypeError} if it is no name of something. */
export function requireId(value: string, action: string, argument: string): void {
  requireText(value, action, argument);
  if (value === "") throw new TypeError(`${action}: '${argument}' must not be empty: received ""`);
}

/**
 * @throws {TypeError} if it is no text.
 *
 * Databases keep neither U+0000 nor half a character; changed on the way, two ids could become one.
 */
export function requireText(value: string, action: string, argument: string): void {
  if (typeof value === "string" && value.isWellFormed() && !value.includes("\0")) return;
  throw new TypeError(
    `${action}: '${argument}' must be a string of whole characters without U+0000: received ${show(value)}`,
  );
}

export function requireFinite(value: number, action: string, argument: string): void {
  requireRight(Number.isFinite(value), `${action}: '${argument}' must be a finite number`, value);
}

export function requireAboveZero(value: number, action: string, argument: string): void {
  requireRight(
    Number.isFinite(value) && value > 0,
    `${action}: '${argument}' must be a finite number, above 0`,
    value,
  );
}

export function requireCount(value: number, action: string, argument: string, minimum: number): void {
  const expected = `${action}: '${argument}' must be a whole number of at least ${minimum}`;
  requireRight(Number.isSafeInteger(value) && value >= minimum, expected, value);
}

/** A count or a time in milliseconds: whole, or `Infinity` for no limit. */
export function requireWhole(value: number, action: string, argument: string, minimum: number): void {
  const isWhole = value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value >= minimum);
  requireRight(isWhole, `${action}: '${argument}' must be a whole number of at least ${minimum}`, value);
}

/** How many rows at most: at least one, `Infinity` for no limit. */
export function requireLimit(value: number, action: string): void {
  if (value !== Number.POSITIVE_INFINITY) requireCount(value, action, "limit", 1);
}

/** @throws {TypeError | RangeError} if it does not say what is purged. */
export function requirePurge(
  purge: { readonly olderThanMs: number; readonly limit: number },
  action: string,
): void {
  requireObject(purge, action, "purge");
  const { olderThanMs, limit } = purge;
  const isAge = typeof olderThanMs === "number" && olderThanMs >= 0;
  requireRight(isAge, `${action}: 'olderThanMs' must be a number of at least 0`, olderThanMs);
  requireLimit(limit, action);
}

function requireRight(isRight: boolean, expected: string, value: unknown): void {
  if (isRight) return;
  const message = `${expected}: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
}
