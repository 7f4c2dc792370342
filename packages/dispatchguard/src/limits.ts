import { requireKnown } from "./internal/known-options.ts";
import { type Logger, reportProblem } from "./internal/logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { requireObject } from "./require.ts";

/** A number, or a function that gives one and is asked at each check. */
export type Limit = number | (() => number);

/**
 * What a tree of dispatches may do. Each limit counts from the frame that it was given to: the root for a guard's limits, the
 * new frame for those of one call. Limits of a call only ever lower what its ancestors have. `Infinity` is no limit.
 */
export interface Limits {
  /** Dispatches that may stand one below another; 0: it may dispatch nothing. @default 3 */
  readonly maxDepth?: Limit | undefined;
  /** Times that one target may stand on a path from the root down, minimum 1: no cycles. @default 1 */
  readonly maxVisits?: Limit | undefined;
  /** Dispatches that one frame may ever make. @default 16 */
  readonly maxFanOut?: Limit | undefined;
  /** Functions that may run at once below the frame, in this process. @default 20 */
  readonly maxConcurrent?: Limit | undefined;
  /** Dispatches below the frame, in all processes together. @default 64 */
  readonly maxDispatches?: Limit | undefined;
  /** From the start of the frame, in milliseconds, at most 2,147,483,647; read once, at that start. @default Infinity */
  readonly deadlineMs?: Limit | undefined;
  /** What may be reserved below the frame, by name: tokens, dollars. Fractions are fine. @default none: no limit */
  readonly budgets?: Readonly<Record<string, Limit>> | undefined;
}

/** Limits that were checked. */
export interface CheckedLimits {
  readonly maxDepth: () => number;
  readonly maxVisits: () => number;
  readonly maxFanOut: () => number;
  readonly maxConcurrent: () => number;
  readonly maxDispatches: () => number;
  readonly deadlineMs: () => number;
  readonly budgets: ReadonlyMap<string, () => number>;
}

/** Those of a guard; a call's own default to no limit. */
export const defaultLimits: Limits = {
  maxDepth: 3,
  maxVisits: 1,
  maxFanOut: 16,
  maxConcurrent: 20,
  maxDispatches: 64,
};

const knownLimits = {
  maxDepth: true,
  maxVisits: true,
  maxFanOut: true,
  maxConcurrent: true,
  maxDispatches: true,
  deadlineMs: true,
  budgets: true,
} as const;

/** The longest delay that a timer keeps: 24.8 days. */
export const longestDelayMs: number = 2_147_483_647;

/**
 * Checks limits.
 *
 * @param defaults stand in for what is `undefined`
 * @throws {TypeError | RangeError} if one is not as documented; `action` opens the message.
 */
export function readLimits(
  limits: Limits,
  action: string,
  logger: Logger | undefined,
  defaults: Limits = {},
): CheckedLimits {
  requireKnown(limits, knownLimits, `${action}: 'limits'`);
  // One by one, not by a spread: that leaves out what a class gives by a getter.
  const { maxDepth = defaults.maxDepth, maxVisits = defaults.maxVisits } = limits;
  const { maxFanOut = defaults.maxFanOut, maxConcurrent = defaults.maxConcurrent } = limits;
  const { maxDispatches = defaults.maxDispatches, deadlineMs, budgets = {} } = limits;
  requireObject(budgets, `${action}: 'budgets'`);
  const read = (source: Limit = Infinity, name: string, check: Check = requireCount): (() => number) =>
    readLimit(source, `${action}: '${name}'`, check, logger);
  return {
    maxDepth: read(maxDepth, "maxDepth"),
    maxVisits: read(maxVisits, "maxVisits", requirePositiveCount),
    maxFanOut: read(maxFanOut, "maxFanOut"),
    maxConcurrent: read(maxConcurrent, "maxConcurrent"),
    maxDispatches: read(maxDispatches, "maxDispatches"),
    deadlineMs: read(deadlineMs, "deadlineMs", requireDelay),
    budgets: new Map(
      Object.entries(budgets).map(([name, source]) => [name, read(source, `budgets.${name}`, requireAmount)]),
    ),
  };
}

type Check = (value: number, what: string) => void;

/** A function's bad answer leaves its last good one in force: a setting in error must not open a limit, or close it. */
function readLimit(source: Limit, what: string, check: Check, logger: Logger | undefined): () => number {
  if (typeof source !== "function") {
    check(source, what);
    return () => source;
  }
  let last = source();
  let isTold = false;
  check(last, what);
  return () => {
    try {
      const next = source();
      if (next !== last) check(next, what);
      last = next;
      isTold = false;
    } catch (error) {
      if (!isTold) reportProblem(logger, `A limit of dispatchguard keeps its last value, ${last}`, error);
      isTold = true;
    }
    return last;
  };
}

function requireCount(value: number, what: string): void {
  requireWholeNumber(value, what, 0);
}

function requirePositiveCount(value: number, what: string): void {
  requireWholeNumber(value, what, 1);
}

function requireDelay(value: number, what: string): void {
  requireWholeNumber(value, what, 0);
  if (value <= longestDelayMs || value === Infinity) return;
  throw new RangeError(`${what} must be at most ${longestDelayMs}, or Infinity: received ${value}`);
}

function requireAmount(value: number, what: string): void {
  if (value !== Infinity) requireFiniteAmount(value, what);
}

/** @throws {TypeError | RangeError} unless the value is a finite number of at least 0. */
export function requireFiniteAmount(value: unknown, what: string): void {
  if (typeof value === "number" && value >= 0 && value !== Infinity) return;
  const problem = `${what} must be a number of at least 0: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(problem) : new TypeError(problem);
}
