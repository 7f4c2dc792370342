import type { FanoutOptions } from "./fanout-options.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

/** The longest delay that a timer keeps: 24.8 days. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** @throws {TypeError} unless `signal` is one, or `undefined`. */
export function requireSignal(signal: unknown): void {
  if (signal === undefined || isObject(signal, "addEventListener", "throwIfAborted")) return;
  throw new TypeError(`Cannot fan out: 'signal' must be an AbortSignal: received ${show(signal)}`);
}

/** @throws {TypeError} unless all three have the kind that `fanout` documents. */
export function requirePositions(tasks: unknown, targets: unknown, run: unknown): void {
  if (!isIterable(tasks, Symbol.iterator) && !isIterable(tasks, Symbol.asyncIterator)) {
    throw new TypeError(
      `Cannot fan out: 'tasks' must be iterable, or async iterable: received ${show(tasks)}`,
    );
  }
  if (!isIterable(targets, Symbol.iterator)) {
    throw new TypeError(`Cannot fan out: 'targets' must be iterable: received ${show(targets)}`);
  }
  requireFunction(run, "run");
}

/** @throws {TypeError | RangeError} unless every option but `signal` is as documented. */
export function requireOptions<M, R>(options: FanoutOptions<M, R>): void {
  const { maxConcurrent, maxConcurrentPerKey, cellTimeoutMs, key, onCell } = options;
  for (const [name, limit] of Object.entries({ maxConcurrent, maxConcurrentPerKey, cellTimeoutMs })) {
    if (limit !== undefined) requireWholeNumber(limit, `Cannot fan out: '${name}'`, 1);
  }
  if (cellTimeoutMs !== undefined && cellTimeoutMs > MAX_TIMEOUT_MS && cellTimeoutMs !== Infinity) {
    const expected = `must be at most ${MAX_TIMEOUT_MS}, or Infinity`;
    throw new RangeError(`Cannot fan out: 'cellTimeoutMs' ${expected}: received ${cellTimeoutMs}`);
  }
  if (key !== undefined) requireFunction(key, "key");
  if (onCell !== undefined) requireFunction(onCell, "onCell");
}

function requireFunction(value: unknown, name: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`Cannot fan out: '${name}' must be a function: received ${show(value)}`);
}

function isIterable(value: unknown, method: symbol): boolean {
  return typeof value === "string" ? method === Symbol.iterator : isObject(value, method);
}

function isObject(value: unknown, ...methods: readonly PropertyKey[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === "function");
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
