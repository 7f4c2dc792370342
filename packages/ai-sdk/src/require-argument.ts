import { show } from "./internal/show.ts";

/** Checks of arguments. `what` names the action and the argument, such as `Cannot attach files: 'attach'`. */

/** @throws {TypeError} */
export function requireObject(value: unknown, what: string): void {
  if (typeof value === "object" && value !== null) return;
  throw wrong(what, "an object", value);
}

/** @throws {TypeError} */
export function requireFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw wrong(what, "a function", value);
}

/** @throws {TypeError} if it has no such method. */
export function requireMethod(value: unknown, method: string, what: string): void {
  if (typeof (Object(value) as Record<string, unknown>)[method] === "function") return;
  throw new TypeError(`${what} must have a method ${method}: received ${show(value)}`);
}

/** A logger, or none. */
export function requireLogger(logger: unknown, action: string): void {
  if (logger !== undefined) requireMethod(logger, "warn", `${action}: 'logger'`);
}

export function wrong(what: string, expected: string, value: unknown): TypeError {
  return new TypeError(`${what} must be ${expected}: received ${show(value)}`);
}
