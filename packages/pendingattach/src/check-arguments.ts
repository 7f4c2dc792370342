import { show } from "./internal/show.ts";

/** Checks of arguments; each names the action, the argument and the value. */

/** What a value is, without showing it. */
export function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/** @throws {TypeError} if it is no object that has fields. */
export function requireObject(value: unknown, what: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${what} must be an object: received ${kindOf(value)}`);
}

/** @throws {TypeError} */
export function requireFunction(value: unknown, what: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`${what} must be a function: received ${kindOf(value)}`);
}

/** @throws {TypeError} */
export function requireString(value: unknown, what: string): void {
  if (typeof value === "string") return;
  throw new TypeError(`${what} must be a string: received ${kindOf(value)}`);
}

/** @throws {TypeError} if the options are none, or their signal is. */
export function readSignal(options: { readonly signal?: AbortSignal | undefined }): AbortSignal | undefined {
  requireObject(options, "Cannot attach file: 'options'");
  const { signal } = options;
  if (signal === undefined || typeof signal?.throwIfAborted === "function") return signal;
  throw new TypeError(`Cannot attach file: 'signal' must be an AbortSignal: received ${kindOf(signal)}`);
}

/** @throws {TypeError} if it is no string that has something in it. */
export function requireFilled(value: unknown, what: string): void {
  if (typeof value === "string" && value !== "") return;
  const received = value === "" ? '""' : kindOf(value);
  throw new TypeError(`${what} must be a string that is not empty: received ${received}`);
}

/** @throws {TypeError} if it is no id. */
export function requireRunId(runId: string): void {
  requireFilled(runId, "Cannot open attachments: 'runId'");
}

/** @throws {TypeError} */
export function readDrain(
  sink: unknown,
  options: { readonly whenEmpty?: "skip" | "call" | undefined },
): "skip" | "call" {
  requireFunction(sink, "Cannot drain attachments: 'sink'");
  requireObject(options, "Cannot drain attachments: 'options'");
  const { whenEmpty = "skip" } = options;
  if (whenEmpty === "skip" || whenEmpty === "call") return whenEmpty;
  const wanted = '"skip" or "call"';
  throw new TypeError(`Cannot drain attachments: 'whenEmpty' must be ${wanted}: received ${show(whenEmpty)}`);
}

/** @throws {TypeError} */
export function requireClosing(how: string): void {
  if (how === "ok" || how === "discard") return;
  throw new TypeError(`Cannot close attachments: it is done as "ok" or "discard": received ${show(how)}`);
}
