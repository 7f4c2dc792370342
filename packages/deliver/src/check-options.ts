import { show } from "./show.ts";

/** Checks of arguments and options; `what` names the action and the argument. */

export function requireObject(value: unknown, what: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${what} must be an object: received ${showWithoutText(value)}`);
}

/** A value in whose place there may be a secret: a text, such as the address of a webhook, is not shown. */
export function showWithoutText(value: unknown): string {
  return typeof value === "string" ? "a string" : show(value);
}

export function requireFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`${what} must be a function: received ${show(value)}`);
}

export function requireBoolean(value: unknown, what: string): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`${what} must be a boolean: received ${show(value)}`);
}

export function requireSignal(signal: AbortSignal | undefined, action: string): void {
  if (signal === undefined || typeof signal?.throwIfAborted === "function") return;
  throw new TypeError(`${action}: 'signal' must be an AbortSignal: received ${show(signal)}`);
}

export function requireOneOf(value: unknown, what: string, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  const list = known
    .map(show)
    .join(", ")
    .replace(/, (?=[^,]*$)/, " or ");
  throw new TypeError(`${what} must be ${list}: received ${show(value)}`);
}

/** Checks that an object of somebody else's, whose option is `what`, can do what is asked of it. */
export function requireMethods(value: unknown, what: string, methods: readonly string[]): void {
  for (const method of methods) {
    const found: unknown = (Object(value) as Readonly<Record<string, unknown>>)[method];
    requireFunction(found, what.replace(/'$/, `.${method}'`));
  }
}
