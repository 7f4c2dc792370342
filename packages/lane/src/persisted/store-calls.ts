/** How many times one call is tried, if the store does not answer. */
const patience = 4;
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

/** One call under way. */
interface Call {
  ticks: number;
  readonly tryAgain: () => void;
  readonly giveUp: () => void;
}

/** Not every runtime has timers that can be told to let the process go. */
type Watch = ReturnType<typeof setInterval> & { ref?: () => void; unref?: () => void };

/**
 * Calls of a store that are repeated until one is answered or their time is over. A call that hangs is repeated beside
 * itself: the answer may have been lost on the way, and every call can be made twice. In the usual case one call costs one
 * promise, and all calls that are under way share one timer.
 */
export class StoreCalls {
  readonly #timeoutMs: number;
  readonly #onProblem: (error: unknown) => void;
  readonly #calls = new Set<Call>();
  #timer: Watch | undefined;

  /** @param onProblem told of each failure of the store. Never throws. */
  constructor(timeoutMs: number, onProblem: (error: unknown) => void) {
    this.#timeoutMs = timeoutMs;
    this.#onProblem = onProblem;
  }

  /**
   * Resolves with the first answer. Rejects with `Unanswered` when the time is over, with a `TypeError` or `RangeError` at
   * once, and with an error of the store that says that trying again is of no use, unless the call is patient.
   */
  make<T>(attempt: () => Promise<T>, { onLate, isPatient = false }: CallOptions<T> = {}): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let isOpen = true;
    let pauseMs = firstPauseMs;
    let pause: ReturnType<typeof setTimeout> | undefined;
    let last: unknown;
    const end = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      clearTimeout(pause);
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#timer?.unref?.();
      return true;
    };
    const answered = (answer: T): void => {
      if (end()) resolve(answer);
      else onLate?.(answer);
    };
    const failed = (error: unknown): void => {
      if (!isOpen) return;
      last = error;
      this.#onProblem(error);
      if (isMistake(error) || (!isPatient && isFinal(error))) {
        end();
        reject(error);
        return;
      }
      clearTimeout(pause);
      pause = setTimeout(call.tryAgain, pauseMs);
      pauseMs *= 2;
    };
    const call: Call = {
      ticks: 0,
      tryAgain: () => {
        // A store may also throw where it should reject.
        new Promise<T>((settle) => settle(attempt())).then(answered, failed);
      },
      giveUp: () => {
        if (end()) reject(new Unanswered("the store did not answer", { cause: last }));
      },
    };
    this.#calls.add(call);
    if (this.#calls.size === 1) this.#watch();
    call.tryAgain();
    return promise;
  }

  /** The timer keeps the process alive while a call waits, and goes on for a while after, so that most calls start none. */
  #watch(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#timeoutMs / patience) as Watch;
    this.#timer.ref?.();
  }

  #tick(): void {
    if (this.#calls.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    for (const call of this.#calls) {
      call.ticks += 1;
      // The first tick may come at once: what began just before it has its whole time from then on.
      if (call.ticks > patience) call.giveUp();
      else if (call.ticks > 1) call.tryAgain();
    }
  }
}

function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function isFinal(error: unknown): boolean {
  return typeof error === "object" && error !== null && "retryable" in error && error.retryable === false;
}
