/** How long a server that has refused is left alone, in milliseconds. */
const retryMs = 500;

export interface OpeningOptions {
  /** May be called again after it has failed. */
  readonly open: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** What those who wait are told of it. */
  readonly toReason: (error: unknown) => unknown;
  /** What is thrown to those who wait when nobody tries any more. */
  readonly closed: () => Error;
}

/** Opens something, again and again until it is open: a server that refuses now may be a replica that is promoted soon. */
export class Opening {
  readonly #options: OpeningOptions;
  #attempt = newAttempt();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = false;
  #isClosed = false;

  constructor(options: OpeningOptions) {
    this.#options = options;
  }

  /** Settles with the attempt that is under way, or has been made last: so that nobody waits for one that may never come. */
  get ready(): Promise<void> {
    return this.#attempt.promise;
  }

  async begin(): Promise<void> {
    const attempt = this.#attempt;
    try {
      await this.#options.open();
      this.#isOpen = true;
      attempt.resolve();
    } catch (error) {
      if (this.#isClosed) return;
      this.#options.onError(error);
      attempt.reject(this.#options.toReason(error));
      this.#timer = setTimeout(() => {
        this.#attempt = newAttempt();
        void this.begin();
      }, retryMs);
      // The connection keeps the process alive if anything does.
      this.#timer.unref();
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    if (this.#isOpen) return;
    const closed = this.#options.closed();
    this.#attempt.reject(closed);
    // The last one may have failed already.
    this.#attempt = newAttempt();
    this.#attempt.reject(closed);
  }
}

function newAttempt(): PromiseWithResolvers<void> {
  const attempt = Promise.withResolvers<void>();
  attempt.promise.catch(() => {});
  return attempt;
}
