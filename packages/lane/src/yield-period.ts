/** The time in which a job has given its slot back: from its first `yieldWhile` until it has a slot again. */
export class YieldPeriod {
  /** Waits that have not settled. */
  open = 0;
  readonly #back = Promise.withResolvers<void>();

  constructor() {
    // Whoever waits has a promise of its own.
    this.#back.promise.catch(() => {});
  }

  /** Resolves with the slot, or rejects with the reason of an abort. */
  get back(): Promise<void> {
    return this.#back.promise;
  }

  resume(): void {
    this.#back.resolve();
  }

  abort(reason: unknown): void {
    this.#back.reject(reason);
  }
}
