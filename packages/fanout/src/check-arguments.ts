import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";

/** The longest delay that a timer keeps: 24.8 days. */
export const longestDelayMs = 2_147_483_647;

/** @throws {TypeError} unless it is one, or `undefined`. */
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

/** Options that are checked here: limits, retry and breaker check their own. */
interface CheckedOptions extends Readonly<Record<"key" | "stopWhen" | "onCell", unknown>> {
  readonly maxOpenRows: number;
  readonly cellTimeoutMs: number;
  readonly resume: unknown;
}

/** @throws {TypeError | RangeError} unless every option is as documented. */
export function requireOptions(options: CheckedOptions): void {
  requireWholeNumber(options.maxOpenRows, "Cannot fan out: 'maxOpenRows'", 1);
  requireMilliseconds(options.cellTimeoutMs, "cellTimeoutMs", 1);
  for (const name of ["key", "stopWhen", "onCell"] as const) {
    if (options[name] !== undefined) requireFunction(options[name], name);
  }
  if (options.resume !== undefined) requireObject(options.resume, "resume");
}

/** @throws {TypeError | RangeError} unless a grid may be of these tasks and targets. */
export function requireResume(
  { rows }: { readonly rows: unknown },
  tasks: unknown,
  columnCount: number,
): void {
  if (!Array.isArray(rows) || !rows.every(Array.isArray)) {
    throw new TypeError(`Cannot fan out: 'resume' must be a grid: received one whose 'rows' are not arrays`);
  }
  const other = rows.find((row: unknown[]) => row.length !== columnCount) as unknown[] | undefined;
  if (other) {
    const expected = `must have a cell for each of the ${columnCount} targets`;
    throw new RangeError(`Cannot fan out: 'resume' ${expected}: received a row of ${other.length}`);
  }
  if (Array.isArray(tasks) && tasks.length < rows.length) {
    const expected = `must have no more rows than the ${tasks.length} tasks`;
    throw new RangeError(`Cannot fan out: 'resume' ${expected}: received ${rows.length}`);
  }
}

/** @throws {TypeError | RangeError} unless a timer can wait so long, or there is no limit. */
export function requireMilliseconds(value: number, name: string, minimum: number): void {
  requireWholeNumber(value, `Cannot fan out: '${name}'`, minimum);
  if (value <= longestDelayMs || value === Infinity) return;
  const expected = `must be at most ${longestDelayMs}, or Infinity`;
  throw new RangeError(`Cannot fan out: '${name}' ${expected}: received ${value}`);
}

function requireObject(value: unknown, name: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`Cannot fan out: '${name}' must be an object: received ${show(value)}`);
}

/** @throws {TypeError} unless it is one. */
export function requireFunction(value: unknown, name: string): void {
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
