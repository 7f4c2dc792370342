import { AiError } from "./errors.ts";

/** An amount that was taken, and what was used of it in the end. */
export interface TokenReservation {
  readonly code?: undefined;
  settle(actual: number): void;
}

/** Why nothing was taken, as plain data. */
export interface TokenRefusal {
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly limit?: number;
  readonly observed?: number;
}

/**
 * Takes tokens out of a budget, at once or not at all: `(tokens) => frame.reserve("tokens", tokens)` with a frame of
 * `@executus/dispatchguard`, or the `reserve` of a run of `@executus/harness`. It may throw, or return the refusal.
 */
export type Reserve = (tokens: number) => TokenReservation | TokenRefusal | undefined;

/** @throws {AiError} `AI_BUDGET` for a refusal; what `reserve` throws passes through. */
export function reserveTokens(reserve: Reserve, tokens: number): TokenReservation | undefined {
  const held = reserve(tokens);
  if (held?.code === undefined) return held;
  const { message, retryable, retryAfterMs, limit, observed } = held;
  throw new AiError("AI_BUDGET", message, { retryable, retryAfterMs, limit, observed, cause: held });
}
