/// <reference lib="esnext.disposable" preserve="true" />
import { requireWholeNumber } from "../internal/whole-number.ts";
import { type Logger, reportProblem } from "../internal/logger.ts";
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
  const { retentionMs = 24 * hourMs, intervalMs = hourMs, firstMs = 90_000, batchSize = 1_000 } = options;
  const { onSwept, logger } = options;
  const what = "Cannot create sweeper:";
  for (const [name, value] of Object.entries({ intervalMs, firstMs })) {
    const isTime = value >= (name === "firstMs" ? 0 : 1) && value <= longestMs;
    if (!isTime)
      throw new RangeError(`${what} '${name}' must be a time that a timer can wait: received ${value}`);
  }
  requireWholeNumber(batchSize, `${what} 'batchSize'`, 1);
  if (typeof retentionMs !== "function") requireRetention(retentionMs);

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
    requireRetention(olderThanMs);
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

function requireRetention(retentionMs: number): void {
  if (retentionMs >= 0) return;
  throw new RangeError(`Cannot sweep: 'retentionMs' must be 0 or more, or Infinity: received ${retentionMs}`);
}
