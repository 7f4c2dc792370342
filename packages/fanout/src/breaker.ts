import { FanoutError } from "./errors.ts";
import { requireKnown } from "./internal/known-options.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { guardQuestion, isBoolean } from "./user-function.ts";

export interface BreakerOptions {
  /** Failed attempts of one key in a row that open its breaker. Minimum 1. */
  readonly failures: number;
  /**
   * If a reason speaks against the key, such as a server that does not answer, and not only against the cell. One that does
   * not leaves the count as it is.
   *
   * @default every failure counts
   */
  readonly counts?: ((reason: unknown) => boolean) | undefined;
}

/** Counts the failures of keys. An open breaker stays open: the rest of the key's cells is given up. */
export class Breaker {
  readonly #failures: number;
  readonly #counts: (reason: unknown) => boolean;

  /** @throws {TypeError | RangeError} if an option is not as documented. */
  constructor(options: BreakerOptions) {
    requireKnown(options, { failures: true, counts: true }, "Cannot fan out: 'breaker'");
    const { failures, counts = () => true } = options;
    requireWholeNumber(failures, "Cannot fan out: 'breaker.failures'", 1);
    this.#failures = failures;
    this.#counts = guardQuestion("breaker.counts", counts, isBoolean, true);
  }

  /** Counts one more, and gives the reason for what is skipped if that opens the breaker. */
  fail(key: { failures: number }, reason: unknown): FanoutError | undefined {
    if (!this.#counts(reason)) return undefined;
    key.failures += 1;
    if (key.failures !== this.#failures) return undefined;
    const message = `Cannot start the cell: its key failed ${this.#failures} times in a row`;
    return new FanoutError("FANOUT_BREAKER_OPEN", message, { cause: reason, retryable: true });
  }
}
