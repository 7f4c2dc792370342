/** Before a call that the store refused is tried again, in milliseconds; longer each time. */
const firstPauseMs = 10;

/** The store gave no answer that counts in time. The call may have done its work or not. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

export interface CallOptions<T> {
  /** Given every answer that comes when another one has counted, or when the time is over. */
  readonly onLate?: ((answer: T) => unknown) | undefined;
  /** Repeats the call also after an error that says that trying again is of no use. @default false */
  readonly isPatient?: boolean | undefined;
}

/** Whose call it is. */
export interface CallHost {
  /** Told of each failure of the store. Never throws. */
  readonly onProblem: (error: unknown) => void;
  /** Told once, when a call is over. */
  readonly onEnd: (call: StoreCall<unknown>) => void;
}

/** One call of a store, which is over with the first answer that counts. */
export class StoreCall<T> {
  /** Where the host has it. */
  place = -1;
  ticks = 0;
  readonly #attempt: () => Promise<T>;
  readonly #options: CallOptions<T>;
  readonly #host: CallHost;
  readonly #resolve: (answer: T) => void;
  readonly #reject: (error: unknown) => void;
  #isOpen = true;
  #pauseMs = firstPauseMs;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #last: unknown;

  constructor(
    host: CallHost,
    attempt: () => Promise<T>,
    options: CallOptions<T>,
    resolve: (answer: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#host = host;
    this.#attempt = attempt;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  tryAgain(): void {
    try {
      Promise.resolve(this.#attempt()).then(this.#answered, this.#failed);
    } catch (error) {
      // A store may also throw where it should reject.
      this.#failed(error);
    }
  }

  giveUp(): void {
    if (this.#end()) this.#reject(new Unanswered("the store did not answer", { cause: this.#last }));
  }

  readonly #answered = (answer: T): void => {
    if (this.#end()) this.#resolve(answer);
    else this.#options.onLate?.(answer);
  };

  readonly #failed = (error: unknown): void => {
    if (!this.#isOpen) return;
    this.#last = error;
    this.#host.onProblem(error);
    if (isMistake(error) || (!this.#options.isPatient && isFinal(error))) {
      this.#end();
      this.#reject(error);
      return;
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.tryAgain(), this.#pauseMs);
    this.#pauseMs *= 2;
  };

  #end(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    if (this.#pause !== undefined) clearTimeout(this.#pause);
    this.#host.onEnd(this as StoreCall<unknown>);
    return true;
  }
}

function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function isFinal(error: unknown): boolean {
  return typeof error === "object" && error !== null && "retryable" in error && error.retryable === false;
}
