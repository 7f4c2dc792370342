/** A lock on a running job: it is this process's as long as it is renewed. */
interface Held {
  readonly token: string;
  /** When the last renewal was sent that Redis confirmed. */
  renewedAt: number;
  isLost: boolean;
}

export interface LockKeeperOptions {
  readonly lockMs: number;
  /** Renews locks, and resolves with the keys of those that are not this process's any more. */
  readonly renew: (keys: string[], tokens: string[]) => Promise<readonly string[]>;
  /** Called once for a lock, and then it is not renewed any more. `isGone`: Redis says so, else it does not answer. */
  readonly onLost: (key: string, isGone: boolean) => void;
  readonly onError: (error: unknown) => void;
}

/** So much of a lock may pass without a renewal until its job has to stop: the rest is the time it has to do so. */
const safePart = 2 / 3;
const renewalsPerLock = 6;

/** Renews the locks of the jobs that run here, and says which of them are lost while there is still time to stop. */
export class LockKeeper {
  readonly #options: LockKeeperOptions;
  readonly #held = new Map<string, Held>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRenewing = false;

  constructor(options: LockKeeperOptions) {
    this.#options = options;
  }

  /**
   * @param ageMs how long ago the lock was taken
   * @returns false if that is too long ago to begin anything
   */
  hold(key: string, token: string, ageMs: number): boolean {
    if (ageMs >= this.#safeMs) return false;
    this.#held.set(key, { token, renewedAt: performance.now() - ageMs, isLost: false });
    this.#schedule();
    return true;
  }

  release(key: string): void {
    this.#held.delete(key);
    if (this.#held.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get #safeMs(): number {
    return this.#options.lockMs * safePart;
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#held.size === 0) return;
    let waitMs = this.#options.lockMs / renewalsPerLock;
    for (const { isLost, renewedAt } of this.#held.values())
      if (!isLost) waitMs = Math.min(waitMs, renewedAt + this.#safeMs - performance.now());
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, waitMs));
    // Its job keeps the process alive if anything does.
    this.#timer.unref();
  }

  #tick(): void {
    this.#timer = undefined;
    for (const [key, held] of this.#held)
      if (performance.now() - held.renewedAt >= this.#safeMs) this.#lose(key, held, false);
    if (!this.#isRenewing) void this.#renew();
    this.#schedule();
  }

  async #renew(): Promise<void> {
    const due = [...this.#held].filter(([, { isLost }]) => !isLost);
    if (due.length === 0) return;
    this.#isRenewing = true;
    const sentAt = performance.now();
    try {
      const keys = due.map(([key]) => key);
      const gone = new Set(
        await this.#options.renew(
          keys,
          due.map(([, { token }]) => token),
        ),
      );
      for (const [key, held] of due) {
        // It may have ended, and another one of that id begun.
        if (this.#held.get(key) !== held) continue;
        if (gone.has(key)) this.#lose(key, held, true);
        else held.renewedAt = sentAt;
      }
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#isRenewing = false;
    }
  }

  #lose(key: string, held: Held, isGone: boolean): void {
    if (held.isLost) return;
    held.isLost = true;
    this.#options.onLost(key, isGone);
  }
}
