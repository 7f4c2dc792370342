import { type CallHost, type CallOptions, StoreCall } from "./store-call.ts";

/** How many times one call is tried, if the store does not answer. */
const patience = 4;

/** Not every runtime has timers that can be told to let the process go. */
type Watch = ReturnType<typeof setInterval> & { ref?: () => void; unref?: () => void };

/**
 * Calls of a store that are repeated until one is answered or their time is over. A call that hangs is repeated beside
 * itself: the answer may have been lost on the way, and every call can be made twice. In the usual case one call costs one
 * promise, and all calls that are under way share one timer.
 */
export class StoreCalls {
  readonly #timeoutMs: number;
  readonly #host: CallHost;
  /** In no order, each at its `place`. What a set has outgrown keeps its old calls from the garbage collector. */
  readonly #calls: StoreCall<unknown>[] = [];
  #timer: Watch | undefined;

  /** @param onProblem told of each failure of the store. Never throws. */
  constructor(timeoutMs: number, onProblem: (error: unknown) => void) {
    this.#timeoutMs = timeoutMs;
    this.#host = { onProblem, onEnd: (call) => this.#remove(call) };
  }

  /**
   * Resolves with the first answer. Rejects with `Unanswered` when the time is over, with a `TypeError` or `RangeError` at
   * once, and with an error of the store that says that trying again is of no use, unless the call is patient.
   */
  make<T>(attempt: () => Promise<T>, options: CallOptions<T> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const call = new StoreCall(this.#host, attempt, options, resolve, reject);
      call.place = this.#calls.length;
      this.#calls.push(call as StoreCall<unknown>);
      if (call.place === 0) this.#watch();
      call.tryAgain();
    });
  }

  #remove({ place }: StoreCall<unknown>): void {
    const last = this.#calls.pop();
    if (last && place < this.#calls.length) {
      this.#calls[place] = last;
      last.place = place;
    }
    if (this.#calls.length === 0) this.#timer?.unref?.();
  }

  /** The timer keeps the process alive while a call waits, and goes on for a while after, so that most calls start none. */
  #watch(): void {
    this.#timer ??= setInterval(() => this.#tick(), this.#timeoutMs / patience) as Watch;
    this.#timer.ref?.();
  }

  #tick(): void {
    if (this.#calls.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    // What gives up leaves the list.
    const underWay = [...this.#calls];
    for (const call of underWay) {
      call.ticks += 1;
      // The first tick may come at once: what began just before it has its whole time from then on.
      if (call.ticks > patience) call.giveUp();
      else if (call.ticks > 1) call.tryAgain();
    }
  }
}
