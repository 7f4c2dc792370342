import { show } from "../internal/show.ts";

/** Checks of arguments. `what` names the action and the argument, such as `Cannot submit "a": 'signal'`. */

/** @throws {TypeError} */
export function requireObject(value: unknown, what: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${what} must be an object: received ${show(value)}`);
}

/** @throws {TypeError} */
export function requireFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`${what} must be a function: received ${show(value)}`);
}

/** @throws {TypeError} */
export function requireSignal(value: unknown, what: string): void {
  // Not instanceof: it may come from another realm.
  const { throwIfAborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  if (typeof throwIfAborted === "function" && typeof addEventListener === "function") return;
  throw new TypeError(`${what} must be an AbortSignal: received ${show(value)}`);
}

/**
 * A name that any store can keep.
 *
 * @throws {TypeError} if it is empty, or has U+0000 or half a character.
 */
export function requireName(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "" && value.isWellFormed() && !value.includes("\0"))
    return value;
  throw new TypeError(`${what} must be a string that is not empty: received ${show(value)}`);
}

/** @throws {TypeError | RangeError} if no timer can hold it */
export function requireDelay(value: unknown, what: string): void {
  const problem = `${what} must be a number above 0 and at most ${longestDelayMs}: received ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(problem);
  if (!(value > 0 && value <= longestDelayMs)) throw new RangeError(problem);
}

/** The longest wait that a timer can hold, in milliseconds. */
const longestDelayMs = 2 ** 31 - 1;
