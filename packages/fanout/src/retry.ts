import { longestDelayMs, requireMilliseconds } from "./check-arguments.ts";
import { requireKnown } from "./internal/known-options.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { guardQuestion, isBoolean } from "./user-function.ts";

export interface RetryOptions {
  /**
   * Calls of `run` for one cell, the first included. Minimum 1; `Infinity` tries until it succeeds.
   *
   * @default 3
   */
  readonly maxAttempts?: number | undefined;
  /**
   * The longest delay before the second attempt, in milliseconds; it doubles with each attempt. The delay itself is
   * random between 0 and that ("full jitter"), so that cells that failed together do not come back together. 0 is no delay.
   *
   * @default 500
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * The longest delay of all, in milliseconds, at most 2,147,483,647. A cell that is asked to wait longer than this is
   * not tried again: never sooner than asked, never later than this.
   *
   * @default 60_000
   */
  readonly maxDelayMs?: number | undefined;
  /**
   * How long the reason asks to wait, such as a provider's Retry-After; the jitter comes on top. No number of at least 0
   * means that it does not ask.
   *
   * @default reason.retryAfterMs
   */
  readonly retryAfterMs?: ((reason: unknown) => number | undefined) | undefined;
  /**
   * If a cell that rejected with this may be tried again.
   *
   * @default true unless `reason.retryable` is false
   */
  readonly shouldRetry?: ((reason: unknown) => boolean) | undefined;
  /**
   * Gives numbers from 0 to below 1.
   *
   * @default Math.random
   */
  readonly random?: (() => number) | undefined;
}

const knownOptions = {
  maxAttempts: true,
  baseDelayMs: true,
  maxDelayMs: true,
  retryAfterMs: true,
  shouldRetry: true,
  random: true,
} as const;

/** Decides when a cell that failed is tried again, if at all. */
export class Retry {
  readonly #maxAttempts: number;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #shouldRetry: (reason: unknown) => boolean;
  readonly #retryAfterMs: (reason: unknown) => number | undefined;
  readonly #random: () => number;

  /** @throws {TypeError | RangeError} if an option is not as documented. */
  constructor(options: RetryOptions) {
    requireKnown(options, knownOptions, "Cannot fan out: 'retry'");
    const { maxAttempts = 3, baseDelayMs = 500, maxDelayMs = 60_000 } = options;
    const { shouldRetry = isRetryable, retryAfterMs = readRetryAfter, random = Math.random } = options;
    requireWholeNumber(maxAttempts, "Cannot fan out: 'retry.maxAttempts'", 1);
    requireMilliseconds(baseDelayMs, "retry.baseDelayMs", 0);
    requireMilliseconds(maxDelayMs, "retry.maxDelayMs", 0);
    this.#maxAttempts = maxAttempts;
    this.#baseDelayMs = baseDelayMs;
    this.#maxDelayMs = Math.min(maxDelayMs, longestDelayMs);
    this.#shouldRetry = guardQuestion("retry.shouldRetry", shouldRetry, isBoolean, false);
    this.#retryAfterMs = guardQuestion("retry.retryAfterMs", retryAfterMs, isOptionalNumber, undefined);
    this.#random = guardQuestion("retry.random", random, isFraction, 0.5);
  }

  /**
   * Milliseconds until the next attempt, or `undefined` if there is none.
   *
   * @param attempt the number of the attempt that failed
   */
  delayMs(reason: unknown, attempt: number): number | undefined {
    if (attempt >= this.#maxAttempts || !this.#shouldRetry(reason)) return undefined;
    const askedMs = this.#retryAfterMs(reason) ?? 0;
    if (askedMs > this.#maxDelayMs) return undefined;
    const longestMs = Math.min(this.#maxDelayMs, this.#baseDelayMs * 2 ** Math.min(attempt - 1, 31));
    return Math.min(this.#maxDelayMs, Math.max(0, askedMs || 0) + this.#random() * longestMs);
  }
}

function isRetryable(reason: unknown): boolean {
  return (reason as { readonly retryable?: unknown } | null | undefined)?.retryable !== false;
}

function readRetryAfter(reason: unknown): number | undefined {
  const asked = (reason as { readonly retryAfterMs?: unknown } | null | undefined)?.retryAfterMs;
  return typeof asked === "number" ? asked : undefined;
}

function isOptionalNumber(answer: unknown): boolean {
  return answer === undefined || typeof answer === "number";
}

function isFraction(answer: unknown): boolean {
  return typeof answer === "number" && answer >= 0 && answer < 1;
}
