import { requireObject } from "../check-options.ts";
import { show } from "../show.ts";

export interface RetryOptions {
  /** How often a part is tried at most, the first time included; at least 1. @default 3 */
  readonly attempts?: number | undefined;
  /** The first wait is between 0 and so many milliseconds; each later one may be twice as long. @default 250 */
  readonly baseMs?: number | undefined;
  /** No wait of ours is longer. @default 30_000 */
  readonly capMs?: number | undefined;
}

export interface Retry {
  readonly attempts: number;
  /** How long to wait after so many attempts: at least what the other side asked for. */
  delayMs(attempt: number, askedMs: number | undefined): number;
}

/** Waits between tries: exponential, with full jitter, so that many who failed together do not come back together. */
export function createRetry(options: RetryOptions = {}, random: () => number, action: string): Retry {
  requireObject(options, `${action}: 'retry'`);
  const { attempts = 3, baseMs = 250, capMs = 30_000 } = options;
  const least = { attempts: 1, baseMs: 0, capMs: 0 };
  for (const [name, value] of Object.entries({ attempts, baseMs, capMs })) {
    const minimum = least[name as keyof typeof least];
    if (typeof value === "number" && value >= minimum) continue;
    throw new RangeError(
      `${action}: 'retry.${name}' must be a number of at least ${minimum}: received ${show(value)}`,
    );
  }
  return {
    attempts,
    delayMs: (attempt, askedMs = 0) => {
      // 2 ** 60 is beyond every cap; more would give `0 * Infinity`.
      const longest = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 60));
      return Math.max(Math.floor(random() * longest), askedMs);
    },
  };
}
