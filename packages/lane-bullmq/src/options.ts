import type { JobContext, LaneOptions, Limit, Logger } from "@executus/lane";
import { show } from "./internal/show.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { BullmqLaneEvent } from "./lane-events.ts";
import type { RedisAddress } from "./redis/link.ts";
import { unsupported } from "./refusals.ts";

/** What is known of a job by whoever builds its code: it may have been submitted by another process. */
export interface JobReference {
  readonly jobId: string;
  readonly lane: string;
  readonly callerId?: string | undefined;
  readonly name: string;
  /** Byte for byte what was submitted. */
  readonly metadata?: Uint8Array | undefined;
  readonly weight: number;
}

/** Builds the code of a job from its reference. */
export type ReconstructJob = (
  job: JobReference,
) => ((context: JobContext) => unknown) | PromiseLike<(context: JobContext) => unknown>;

/** The last four are what other lanes take and this one cannot do: they are refused with `LANE_UNSUPPORTED`. */
export interface BullmqLaneOptions extends Pick<
  LaneOptions,
  "aging" | "callerWeight" | "maxConcurrentPerCaller" | "rate"
> {
  /** The same in every process that shares the lane. Not empty. */
  readonly name: string;
  readonly connection: RedisAddress;
  /** What the lane's keys in Redis begin with. On a Redis cluster a hash tag, such as `"{executus}"`. @default "executus" */
  readonly prefix?: string | undefined;
  readonly reconstruct: ReconstructJob;
  /**
   * How many jobs all processes together may run at a time: a whole number, 0 holds the lane, `Infinity` is no limit. It is
   * set when it is another number than that of the process that was started before; a function is followed.
   * @default what is in force, and no limit if nobody has set one
   */
  readonly maxConcurrent?: Limit | undefined;
  /** How many of them this process may run; 0 for one that only submits. @default Infinity */
  readonly maxConcurrentHere?: number | undefined;
  /** How many jobs may wait in Redis for this process to submit one more. @default Infinity */
  readonly maxQueued?: number | undefined;
  /** Without a sign of life for so long a process counts as dead, in milliseconds, at least 300. @default 10_000 */
  readonly lockMs?: number | undefined;
  /** How long `reconstruct` may take for one job, in milliseconds. @default 10_000 */
  readonly reconstructTimeoutMs?: number | undefined;
  /** How long a call waits for an answer of Redis, in milliseconds; `Infinity` waits. @default 10_000 */
  readonly answerTimeoutMs?: number | undefined;
  /** How long ended jobs are kept, in milliseconds; read at every sweep, `Infinity` keeps all. @default 24 hours */
  readonly retentionMs?: Limit | undefined;
  /** How often they are swept; first after 90 s, or this if it is less. @default 1 hour */
  readonly sweepEveryMs?: number | undefined;
  /** How long after its signal aborted a job that still runs is reported as `job-stuck`, in milliseconds. @default 10_000 */
  readonly stuckMs?: number | undefined;
  /** Told of everything that happens here. If it throws, that is reported and the work goes on. */
  readonly onEvent?: ((event: BullmqLaneEvent) => unknown) | undefined;
  /** Epoch milliseconds, for events and holds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

/** Every option with its default. */
export interface Settings extends BullmqLaneOptions {
  readonly prefix: string;
  readonly maxConcurrentHere: number;
  readonly maxQueued: number;
  readonly lockMs: number;
  readonly reconstructTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly retentionMs: Limit;
  readonly sweepEveryMs: number;
  readonly stuckMs: number;
  readonly clock: () => number;
}

/** @throws {TypeError | RangeError | LaneError} naming the option and the value, before anything is opened. */
export function readOptions(options: BullmqLaneOptions): Settings {
  if (typeof options !== "object" || options === null)
    throw new TypeError(`Cannot create lane: 'options' must be an object: received ${show(options)}`);
  const { name } = options;
  requireText(name, "Cannot create lane: 'name'");
  const what = `Cannot create lane "${name}":`;
  requireParts(options, what);
  refuseUnsupported(options, what);
  const settings = withDefaults(options);
  requireNumbers(settings, what);
  return settings;
}

function withDefaults(options: BullmqLaneOptions): Settings {
  const { maxConcurrentHere = Number.POSITIVE_INFINITY, maxQueued = Number.POSITIVE_INFINITY } = options;
  const { lockMs = 10_000, reconstructTimeoutMs = 10_000, answerTimeoutMs = 10_000 } = options;
  const { stuckMs = 10_000, sweepEveryMs = 3_600_000, retentionMs = 24 * 3_600_000 } = options;
  const { prefix = "executus", clock = Date.now } = options;
  return {
    ...options,
    // Of an object of a class its methods are not copied with it, and may need it.
    reconstruct: options.reconstruct.bind(options),
    ...(options.onEvent && { onEvent: options.onEvent.bind(options) }),
    prefix,
    clock,
    maxConcurrentHere,
    maxQueued,
    lockMs,
    reconstructTimeoutMs,
    answerTimeoutMs,
    stuckMs,
    sweepEveryMs,
    retentionMs,
  };
}

function requireNumbers(settings: Settings, what: string): void {
  const { maxConcurrentHere, maxQueued, lockMs, sweepEveryMs, retentionMs } = settings;
  requireWholeNumber(maxConcurrentHere, `${what} 'maxConcurrentHere'`, 0);
  requireWholeNumber(maxQueued, `${what} 'maxQueued'`, 0);
  requireTime(lockMs, `${what} 'lockMs'`, 300);
  requireTime(sweepEveryMs, `${what} 'sweepEveryMs'`, 1);
  const { reconstructTimeoutMs, answerTimeoutMs, stuckMs } = settings;
  for (const [option, value] of Object.entries({ reconstructTimeoutMs, answerTimeoutMs, stuckMs }))
    if (value !== Number.POSITIVE_INFINITY) requireTime(value, `${what} '${option}'`, 0);
  if (typeof retentionMs === "number" && !(retentionMs >= 0))
    throw new RangeError(
      `${what} 'retentionMs' must be 0 or more, or Infinity: received ${show(retentionMs)}`,
    );
}

function requireParts(options: BullmqLaneOptions, what: string): void {
  const { connection, prefix = "executus" } = options;
  if (!(typeof connection === "string" || (typeof connection === "object" && connection !== null)))
    throw new TypeError(
      `${what} 'connection' must be a URL, options or a client of ioredis: received ${show(connection)}`,
    );
  requireText(prefix, `${what} 'prefix'`);
  for (const option of ["reconstruct", "onEvent", "clock"] as const) {
    const value: unknown = options[option];
    if (typeof value === "function" || (value === undefined && option !== "reconstruct")) continue;
    throw new TypeError(`${what} '${option}' must be a function: received ${show(value)}`);
  }
  const { logger } = options;
  if (logger !== undefined && typeof (logger as Partial<Logger> | null)?.warn !== "function")
    throw new TypeError(`${what} 'logger' must have a method 'warn': received ${show(logger)}`);
  for (const option of ["maxConcurrent", "retentionMs"] as const) {
    const value: unknown = options[option];
    if (value === undefined || typeof value === "function") continue;
    if (option === "maxConcurrent") requireWholeNumber(value as number, `${what} 'maxConcurrent'`, 0);
    else if (typeof value !== "number")
      throw new TypeError(`${what} '${option}' must be a number or a function: received ${show(value)}`);
  }
}

function refuseUnsupported(
  { aging, callerWeight, maxConcurrentPerCaller, rate = [] }: BullmqLaneOptions,
  what: string,
): void {
  if (!Array.isArray(rate))
    throw new TypeError(`${what} 'rate' must be a list of windows: received ${show(rate)}`);
  const asked = {
    aging: Boolean(aging),
    callerWeight: callerWeight !== undefined,
    maxConcurrentPerCaller:
      maxConcurrentPerCaller !== undefined && maxConcurrentPerCaller !== Number.POSITIVE_INFINITY,
    rate: rate.length > 0,
  };
  for (const [option, isAsked] of Object.entries(asked))
    if (isAsked) throw unsupported(`${what} '${option}' is not supported on BullMQ`);
}

function requireTime(value: unknown, what: string, least: number): void {
  if (typeof value === "number" && value >= least && value <= longestTimerMs) return;
  const problem = `${what} must be a number of at least ${least} and at most ${longestTimerMs}: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(problem) : new TypeError(problem);
}

function requireText(value: unknown, what: string): void {
  if (typeof value !== "string" || value === "" || !value.isWellFormed())
    throw new TypeError(
      `${what} must be a string of valid Unicode that is not empty: received ${show(value)}`,
    );
}

/** The longest wait that a timer can hold, in milliseconds. */
export const longestTimerMs: number = 2 ** 31 - 1;
