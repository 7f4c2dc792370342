import { show } from "./show.ts";

/** Checks a key or another name that a store keeps. `what` names the action and the argument. */
export function requireName(value: unknown, what: string): void {
  requireText(value, what);
  if (value === "") throw new TypeError(`${what} must not be empty`);
}

/** Checks a text that a store keeps: databases keep neither U+0000 nor half a character. */
export function requireText(value: unknown, what: string): void {
  if (typeof value !== "string") {
    throw new TypeError(`${what} must be a string: received ${show(value)}`);
  }
  if (value.includes("\0") || !value.isWellFormed()) {
    throw new TypeError(`${what} must have no U+0000 and no lone surrogate`);
  }
}

/** Checks a count or a time in milliseconds: whole, or `Infinity` for no limit. */
export function requireWhole(value: unknown, what: string, minimum: number): void {
  if (typeof value !== "number") throw new TypeError(`${what} must be a number: received ${show(value)}`);
  if (value === Infinity || (Number.isInteger(value) && value >= minimum)) return;
  throw new RangeError(`${what} must be a whole number of at least ${minimum}: received ${value}`);
}
