import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import type { EndStatus } from "./progress-event.ts";
import type { ChildOptions, StepOptions } from "./progress.ts";

const END_STATUSES: readonly unknown[] = ["done", "failed", "cancelled"];

const knownOptions = { total: true, initial: true, unit: true, weight: true, kind: true } as const;

/** Checks what a child is started with, before the node. */
export function requireChildOptions(name: string, options: ChildOptions): void {
  const action = "Cannot start child";
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { kind = "step" } = options;
  if (kind !== "run" && kind !== "step")
    throw new TypeError(`${action}: 'kind' must be "run" or "step": received ${show(kind)}`);
  requireNodeOptions(action, name, options);
}

/** Checks what a node is started with. `action` opens each message: `"Cannot start child"`. */
export function requireNodeOptions(action: string, name: string, options: StepOptions): void {
  requireString(name, `${action}: 'name'`);
  if (options.unit !== undefined) requireString(options.unit, `${action}: 'unit'`);
  for (const key of ["weight", "total", "initial"] as const) {
    const value: unknown = options[key];
    if (value === undefined || isAmount(value)) continue;
    const problem = `${action}: '${key}' must be a finite number of at least 0: received ${show(value)}`;
    throw typeof value === "number" ? new RangeError(problem) : new TypeError(problem);
  }
}

export function isEndStatus(status: unknown): status is EndStatus {
  return END_STATUSES.includes(status);
}

export function requireEndStatus(status: unknown): void {
  if (isEndStatus(status)) return;
  const expected = `'status' must be "done", "failed" or "cancelled"`;
  throw new TypeError(`Cannot end progress: ${expected}: received ${show(status)}`);
}

export function requireString(value: unknown, what: string): void {
  if (!isText(value)) throw new TypeError(`${what} must be a string: received ${show(value)}`);
}

export function requireFunction(value: unknown, what: string): void {
  if (typeof value !== "function") throw new TypeError(`${what} must be a function: received ${show(value)}`);
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** True for what can be counted with. */
export function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY;
}

export function amountOf(value: unknown): number | undefined {
  return isAmount(value) ? value : undefined;
}
