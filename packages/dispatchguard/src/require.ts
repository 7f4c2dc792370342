import { show } from "./internal/show.ts";

/** @throws {TypeError} unless the value is a function; `what` names the action and the argument. */
export function requireFunction(value: unknown, what: string): void {
  if (typeof value !== "function") throw new TypeError(`${what} must be a function: received ${show(value)}`);
}

/** @throws {TypeError} unless the value is an object; `what` names the action and the option. */
export function requireObject(value: unknown, what: string): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new TypeError(`${what} must be an object: received ${show(value)}`);
}

/** @throws {TypeError} unless the value is one of these. */
export function requireOneOf(value: unknown, words: readonly string[], what: string): void {
  if (words.some((word) => word === value)) return;
  const list = words.map((word) => `"${word}"`).join(" or ");
  throw new TypeError(`${what} must be ${list}: received ${show(value)}`);
}

/** @throws {TypeError} unless the value is an `AbortSignal`, or `undefined`. */
export function requireSignal(value: unknown, what: string): void {
  if (value === undefined) return;
  const { addEventListener, throwIfAborted } = (value ?? {}) as Partial<AbortSignal>;
  if (typeof addEventListener === "function" && typeof throwIfAborted === "function") return;
  throw new TypeError(`${what} must be an AbortSignal: received ${show(value)}`);
}
