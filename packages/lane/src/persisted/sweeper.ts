/// <reference lib="esnext.disposable" preserve="true" />
import { requireTime } from "../check-arguments.ts";
import { requireKnown } from "../internal/known-options.ts";
import { type Logger, reportProblem } from "../internal/logger.ts";
import { requireLogger } from "../internal/require-logger.ts";
import { show } from "../internal/show.ts";
import { requireWholeNumber } from "../internal/whole-number.ts";
import { requireStore } from "./check-row.ts";
import type { PersistenceStore } from "./persistence-store.ts";

export interface SweeperOptions {
  /**
   * How long ended jobs are kept, in milliseconds; a function is asked at each sweep. `Infinity` keeps them, 0 keeps none.
   * @default 24 hours
   */
  readonly retentionMs?: number | (() => number) | undefined;
  /** From one sweep to the next, in milliseconds. @default one hour */
  readonly intervalMs?: number | undefined;
  /** From the start to the first sweep, in milliseconds: a boot has enough to do. @default 90_000 */
  readonly firstMs?: number | undefined;
  /** So many rows are deleted at a time. @default 1_000 */
  readonly batchSize?: number | undefined;
  /** Told of each sweep that deleted something. */
  readonly onSwept?: ((deleted: number) => unknown) | undefined;
  readonly logger?: Logger | undefined;
}

/** Deletes jobs that ended long ago. */
export interface Sweeper extends AsyncDisposable {
  /** Sweeps now, and resolves with the number of deleted jobs; while a sweep is under way, with that one's. */
  sweep(): Promise<number>;
  /** Ends the sweeps: resolves when the one that is under way has stopped. */
  close(): Promise<void>;
}

const hourMs = 60 * 60 * 1_000;
/** The longest wait that a timer can hold. */
const longestMs = 2 ** 31 - 1;

/**
 * Sweeps a store regularly, from now on until it is closed. It touches nothing that is queued or running. A store that fails
 * and a retention that is no number are reported, and the next sweep comes as if nothing had been. It keeps no process alive.
 *
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const sweeper = createSweeper(store, { retentionMs: () => settings.retentionMs });
 */
export function createSweeper(store: PersistenceStore, options: SweeperOptions = {}): Sweeper {
  requireStore(store, ["purgeFinishedJobs"], action);
  requireSweeperOptions(options);
  const { retentionMs = 24 * hourMs, intervalMs = hourMs, firstMs = 90_000, batchSize = 1_000 } = options;
  const { onSwept, logger } = options;

  let isClosed = false;
  let underWay: Promise<number> | undefined;
  let timer = later(firstMs);

  function later(ms: number): ReturnType<typeof setTimeout> {
    const next = setTimeout(() => {
      timer = later(intervalMs);
      sweep().catch((error: unknown) => reportProblem(logger, "A sweep of ended jobs failed", error));
    }, ms);
    (next as { unref?: () => void }).unref?.();
    return next;
  }

  function sweep(): Promise<number> {
    underWay ??= sweepOnce().finally(() => (underWay = undefined));
    return underWay;
  }

  async function sweepOnce(): Promise<number> {
    const olderThanMs = typeof retentionMs === "function" ? retentionMs() : retentionMs;
    requireTime(olderThanMs, "Cannot sweep: 'retentionMs'");
    if (olderThanMs === Number.POSITIVE_INFINITY) return 0;
    let deleted = 0;
    while (!isClosed) {
      const count = await store.purgeFinishedJobs({ olderThanMs, limit: batchSize });
      deleted += count;
      if (count < batchSize) break;
      // Others have their turn between batches.
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (deleted > 0) tellSwept(deleted);
    return deleted;
  }

  function tellSwept(deleted: number): void {
    try {
      onSwept?.(deleted);
    } catch (error) {
      reportProblem(logger, "onSwept threw", error);
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearTimeout(timer);
    await underWay?.catch(() => {});
    clearTimeout(timer);
  }

  return { sweep, close, [Symbol.asyncDispose]: close };
}

const action = "Cannot create sweeper";
const knownOptions = {
  retentionMs: true,
  intervalMs: true,
  firstMs: true,
  batchSize: true,
  onSwept: true,
  logger: true,
} as const;

function requireSweeperOptions(options: SweeperOptions): void {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { retentionMs, intervalMs, firstMs, batchSize = 1, onSwept, logger } = options;
  requireTimerMs(intervalMs, "intervalMs", 1);
  requireTimerMs(firstMs, "firstMs", 0);
  requireWholeNumber(batchSize, `${action}: 'batchSize'`, 1);
  if (retentionMs !== undefined && typeof retentionMs !== "function")
    requireTime(retentionMs, `${action}: 'retentionMs'`);
  if (onSwept !== undefined && typeof onSwept !== "function")
    throw new TypeError(`${action}: 'onSwept' must be a function: received ${show(onSwept)}`);
  requireLogger(logger, action);
}

function requireTimerMs(value: number | undefined, name: string, least: number): void {
  if (value === undefined || (typeof value === "number" && value >= least && value <= longestMs)) return;
  const problem = `${action}: '${name}' must be a time that a timer can wait: received ${show(value)}`;
  throw typeof value === "number" ? new RangeError(problem) : new TypeError(problem);
}
