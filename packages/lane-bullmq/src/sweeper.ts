import type { LaneParts } from "./lane-parts.ts";

/** When the first sweep is, in milliseconds after the start: not while everything boots. */
const firstMs = 90_000;
/** At most so many jobs are deleted in one step. */
const batchSize = 1_000;

/** Deletes jobs that ended longer ago than they are kept. */
export class Sweeper {
  readonly #parts: LaneParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(parts: LaneParts) {
    this.#parts = parts;
  }

  start(delayMs: number = Math.min(firstMs, this.#parts.settings.sweepEveryMs)): void {
    this.#timer = setTimeout(() => void this.#sweepAndGoOn(), delayMs);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Resolves with how many it has deleted. @throws {RangeError} if `retentionMs` gives no length of time. */
  async sweep(): Promise<number> {
    const { link, settings, name } = this.#parts;
    const { retentionMs } = settings;
    const keptMs = typeof retentionMs === "function" ? retentionMs() : retentionMs;
    if (keptMs === Number.POSITIVE_INFINITY) return 0;
    if (!(keptMs >= 0))
      throw new RangeError(
        `Cannot sweep lane "${name}": 'retentionMs' must be 0 or more, or Infinity: received ${String(keptMs)}`,
      );
    let count = 0;
    for (const set of ["completed", "failed"] as const) {
      for (let swept = batchSize; swept === batchSize && !this.#isClosed; count += swept)
        swept = (await link.queue.clean(keptMs, batchSize, set)).length;
    }
    const before = Date.now() - keptMs;
    for (let swept = batchSize; swept === batchSize && !this.#isClosed; count += swept)
      swept = Number(await link.script("sweepCancelled", before, batchSize));
    return count;
  }

  async #sweepAndGoOn(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#parts.onError(error);
    }
    if (!this.#isClosed) this.start(this.#parts.settings.sweepEveryMs);
  }
}
