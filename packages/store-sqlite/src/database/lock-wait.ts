const longestDelayMs = 8;

/** Counts how long a lock has been waited for. Nobody waits in SQLite itself, which would hold up the event loop. */
export class LockWait {
  readonly #timeoutMs: number;
  #until: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  get isWaiting(): boolean {
    return this.#until !== undefined;
  }

  /** How long to pause before the next try, or `undefined` when the time is up. */
  nextDelayMs(): number | undefined {
    const now = performance.now();
    this.#until ??= now + this.#timeoutMs;
    const leftMs = this.#until - now;
    // Not the same for all: two processes that try in step would meet again and again.
    return leftMs > 0 ? Math.min(leftMs, 1 + Math.random() * (longestDelayMs - 1)) : undefined;
  }

  end(): void {
    this.#until = undefined;
  }
}
