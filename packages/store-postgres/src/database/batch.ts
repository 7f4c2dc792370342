import { StoreError } from "../errors.ts";

export interface BatchOptions<Operation, Answer> {
  /** Does them all in one statement, in their order, and gives their answers in that order. */
  readonly run: (operations: readonly Operation[]) => Promise<readonly Answer[]>;
  /**
   * What it is done to. Two of the same are never in one statement: the second is done to what the first has left. Left out
   * where a statement does them one after the other.
   */
  readonly keyOf?: (operation: Operation) => string;
  /** How much an operation adds to the statement. */
  readonly sizeOf: (operation: Operation) => number;
}

interface Pending<Operation, Answer> extends PromiseWithResolvers<Answer> {
  readonly operation: Operation;
}

/** Small enough that neither building nor reading a statement holds up the event loop for long. */
const maxCount = 500;
const maxBytes = 2 ** 20;

/**
 * Sends what is pending at the same time as one statement, one after the other: so calls take effect in the order in which
 * they were made, and under load a commit is shared by many.
 */
export class Batch<Operation, Answer> {
  readonly #options: BatchOptions<Operation, Answer>;
  #pending: Pending<Operation, Answer>[] = [];
  #isBusy = false;

  constructor(options: BatchOptions<Operation, Answer>) {
    this.#options = options;
  }

  add(operation: Operation): Promise<Answer> {
    const pending = { operation, ...Promise.withResolvers<Answer>() };
    this.#pending.push(pending);
    if (!this.#isBusy) this.#start();
    return pending.promise;
  }

  /** Waits for the end of this turn of the event loop: what one answer sets off everywhere goes out together. */
  #start(): void {
    this.#isBusy = true;
    setImmediate(() => {
      void this.#send(this.#take()).then(() => {
        if (this.#pending.length > 0) this.#start();
        else this.#isBusy = false;
      });
    });
  }

  #take(): readonly Pending<Operation, Answer>[] {
    const { keyOf, sizeOf } = this.#options;
    const keys = new Set<string | number>();
    let bytes = 0;
    const end = this.#pending.findIndex(({ operation }, index) => {
      bytes += sizeOf(operation);
      keys.add(keyOf?.(operation) ?? index);
      return index > 0 && (index === maxCount || bytes > maxBytes || keys.size <= index);
    });
    return this.#pending.splice(0, end < 0 ? this.#pending.length : end);
  }

  /** Never rejects. */
  async #send(batch: readonly Pending<Operation, Answer>[]): Promise<void> {
    try {
      const answers = await this.#options.run(batch.map(({ operation }) => operation));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (batch.length > 1 && isRefused(error)) for (const one of batch) await this.#send([one]);
      else for (const { reject } of batch) reject(error);
    }
  }
}

/** What the server will not take from one call must not fail the others that were sent along. */
function isRefused(error: unknown): boolean {
  return error instanceof StoreError && error.code === "STORE_FAILED" && !error.retryable;
}
