import type { LaneEvent } from "./events.ts";
import { requireTime } from "./check-arguments.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { RunOptions, SubmitOptions, UnnamedJob } from "./job.ts";
import type { Limit } from "./limit.ts";
import type { RateWindow } from "./rate-windows.ts";

/** How waiting makes up for priority. */
export interface Aging {
  /**
   * What one priority level is worth, in turns of the callers that wait: a job starts at the latest when those above it
   * have had this many turns for each level between them.
   *
   * @default 10
   */
  readonly turnsPerLevel: number;
}

export interface LaneOptions {
  /** Shown in errors and given to jobs. Not empty. */
  readonly name: string;
  /** How many jobs may run at a time: a whole number, 0 holds the lane, `Infinity` is no limit. */
  readonly maxConcurrent: Limit;
  /** How many jobs of one caller may run at a time, at least 1. @default Infinity */
  readonly maxConcurrentPerCaller?: number | undefined;
  /** How many jobs may wait; 0 accepts only what can start at once. @default Infinity */
  readonly maxQueued?: number | undefined;
  /** How many jobs of one caller may wait. @default Infinity */
  readonly maxQueuedPerCaller?: number | undefined;
  /** A caller's share relative to the others', above 0. Asked when a caller comes. @default 1 for all */
  readonly callerWeight?: ((callerId: string | undefined) => number) | undefined;
  /** `false` makes priority strict: then a stream of higher jobs keeps a lower one waiting for ever. */
  readonly aging?: Aging | false | undefined;
  /** Bounds on what starts in a stretch of time. All hold together. @default none */
  readonly rate?: readonly RateWindow[] | undefined;
  /** How long after its signal aborted a job that still runs is reported as `job-stuck`, in milliseconds. @default 10_000 */
  readonly stuckMs?: number | undefined;
  /** Told of everything that happens. If it throws, that is reported and the work goes on. */
  readonly onEvent?: ((event: LaneEvent) => unknown) | undefined;
  /** Epoch milliseconds, for events, rate windows and holds. @default a clock that no change of the system's time moves */
  readonly clock?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

const defaultTurnsPerLevel = 10;
/** The longest wait that a timer can hold, in milliseconds; a longer one would fire at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

const knownOptions = {
  name: true,
  maxConcurrent: true,
  maxConcurrentPerCaller: true,
  maxQueued: true,
  maxQueuedPerCaller: true,
  callerWeight: true,
  aging: true,
  rate: true,
  stuckMs: true,
  onEvent: true,
  clock: true,
  logger: true,
} as const;

/** Checks a lane's options and returns what one priority level is worth, in turns. The cap is checked by its limit. */
export function readOptions(options: LaneOptions): { turnsPerLevel: number } {
  requireKnown(options, knownOptions, "Cannot create lane: 'options'");
  const { name, aging, rate = [], stuckMs = 0 } = options;
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot create lane: 'name' must be a string that is not empty: received ${show(name)}`,
    );
  }
  const what = `Cannot create lane "${name}":`;
  const { maxConcurrentPerCaller = 1, maxQueued = 0, maxQueuedPerCaller = 0 } = options;
  requireWholeNumber(maxConcurrentPerCaller, `${what} 'maxConcurrentPerCaller'`, 1);
  requireWholeNumber(maxQueued, `${what} 'maxQueued'`, 0);
  requireWholeNumber(maxQueuedPerCaller, `${what} 'maxQueuedPerCaller'`, 0);
  requireTime(stuckMs, `${what} 'stuckMs'`);
  for (const option of ["callerWeight", "onEvent", "clock"] as const) {
    const value: unknown = options[option];
    if (value !== undefined && typeof value !== "function") {
      throw new TypeError(`${what} '${option}' must be a function: received ${show(value)}`);
    }
  }
  requireLogger(options.logger, `Cannot create lane "${name}"`);
  if (!Array.isArray(rate)) throw new TypeError(`${what} 'rate' must be an array: received ${show(rate)}`);
  for (const [index, window] of rate.entries()) checkWindow(window, `${what} 'rate[${index}]`);
  if (aging === false) return { turnsPerLevel: Number.POSITIVE_INFINITY };
  if (aging !== undefined) requireKnown(aging, { turnsPerLevel: true }, `${what} 'aging'`);
  const { turnsPerLevel = defaultTurnsPerLevel }: Partial<Aging> = aging ?? {};
  requireWholeNumber(turnsPerLevel, `${what} 'aging.turnsPerLevel'`, 1);
  return { turnsPerLevel };
}

function checkWindow(window: RateWindow, what: string): void {
  requireKnown(window, { limit: true, windowMs: true, by: true }, `${what}'`);
  const { limit, windowMs, by } = window;
  requireWholeNumber(limit, `${what}.limit'`, 1);
  if (!(typeof windowMs === "number" && windowMs > 0 && windowMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what}.windowMs' must be a finite number above 0: received ${show(windowMs)}`);
  }
  if (by !== "job" && by !== "weight") {
    throw new TypeError(`${what}.by' must be "job" or "weight": received ${show(by)}`);
  }
}

/**
 * Checks a job before anything of it is registered.
 *
 * @param unnamed true for a job that `lane.run` made
 */
export function checkJob(lane: string, job: UnnamedJob<unknown>, unnamed: boolean): void {
  const { id, callerId, priority = 0, weight = 1, timeoutMs = Number.POSITIVE_INFINITY, run } = job;
  const named = unnamed || (typeof id === "string" && id !== "");
  const calledFor = callerId === undefined || (typeof callerId === "string" && callerId !== "");
  const measured = Number.isFinite(priority) && Number.isFinite(weight) && weight > 0 && isAbove0(timeoutMs);
  if (named && calledFor && measured && typeof run === "function") return;
  throw named ? jobMistake(lane, job) : idMistake(lane, id);
}

/** Those of a call without any: known, so that they need not be looked at. */
export const noOptions: SubmitOptions & RunOptions = {};

/**
 * Checks what a call brings, before anything in it is looked at.
 *
 * @param unnamed true for a call of `lane.run`, whose options are the job's too
 */
export function checkCall(
  lane: string,
  job: UnnamedJob<unknown>,
  options: SubmitOptions & RunOptions,
  unnamed: boolean,
): void {
  if (isObject(job) && isRecord(options)) {
    const { signal, admit } = options;
    const isKnown = signal === undefined || isSignal(signal);
    if (isKnown && (admit === undefined || admit === "always") && !misspelt(options, unnamed)) return;
  }
  throw callMistake(lane, job, options, unnamed);
}

/** What is wrong with a call, in words: made only when something is. */
function callMistake(lane: string, job: unknown, options: SubmitOptions, unnamed: boolean): Error {
  const what = `Cannot submit to lane "${lane}":`;
  if (!isObject(job)) return new TypeError(`${what} 'job' must be an object: received ${show(job)}`);
  if (!isRecord(options))
    return new TypeError(`${what} 'options' must be an object: received ${show(options)}`);
  const { signal, admit } = options;
  if (signal !== undefined && !isSignal(signal))
    return new TypeError(`${what} 'signal' must be an AbortSignal: received ${show(signal)}`);
  const names = unnamed ? "callerId, priority, weight, timeoutMs, signal" : "signal, admit";
  const name = misspelt(options, unnamed);
  if (name) return new TypeError(`${what} 'options' has no '${name}', only ${names}`);
  return new TypeError(`${what} 'admit' must be "always": received ${show(admit)}`);
}

/** A name that no option of a call has, if there is one: who writes `caller` for `callerId` would share everybody's bucket. */
function misspelt(options: SubmitOptions & RunOptions, unnamed: boolean): string | undefined {
  if (options === noOptions) return undefined;
  for (const name in options) {
    if (name === "signal" || (unnamed ? isOfJob(name) : name === "admit")) continue;
    // An `AbortController` has a signal, and inherits more.
    if (Object.hasOwn(options, name) && Reflect.get(options, name) !== undefined) return name;
  }
  return undefined;
}

// Compared one by one: this is done for each job.
function isOfJob(name: string): boolean {
  return name === "callerId" || name === "priority" || name === "weight" || name === "timeoutMs";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

/** Options that somebody forgot to await would be none, without a word. */
function isRecord(value: unknown): boolean {
  return isObject(value) && !(value instanceof Promise) && !Array.isArray(value);
}

/** By its methods: it may come from another realm. */
function isSignal(signal: Partial<AbortSignal> | null): boolean {
  return (
    typeof signal?.throwIfAborted === "function" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function"
  );
}

function isAbove0(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

function idMistake(lane: string, id: unknown): Error {
  return new TypeError(
    `Cannot submit to lane "${lane}": 'id' must be a string that is not empty: received ${show(id)}`,
  );
}

/** What is wrong with a job, in words: made only when something is. */
function jobMistake(lane: string, job: UnnamedJob<unknown>): Error {
  const { id, callerId, priority = 0, weight = 1, timeoutMs, run } = job;
  const what = `Cannot submit ${id === undefined ? "a job" : `job "${id}"`} to lane "${lane}":`;
  if (typeof run !== "function") {
    return new TypeError(`${what} 'run' must be a function: received ${show(run)}`);
  }
  if (callerId !== undefined && (typeof callerId !== "string" || callerId === "")) {
    return new TypeError(`${what} 'callerId' must be a string that is not empty: received ${show(callerId)}`);
  }
  if (!Number.isFinite(priority)) {
    return new RangeError(`${what} 'priority' must be a finite number: received ${show(priority)}`);
  }
  if (!(Number.isFinite(weight) && weight > 0)) {
    return new RangeError(`${what} 'weight' must be a finite number above 0: received ${show(weight)}`);
  }
  return new RangeError(`${what} 'timeoutMs' must be a number above 0: received ${show(timeoutMs)}`);
}
