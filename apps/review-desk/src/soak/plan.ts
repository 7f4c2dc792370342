import { parseArgs } from "node:util";
import { UsageError } from "../usage-error.ts";

/** What a soak does. The same seed submits and cancels the same. */
export interface SoakPlan {
  readonly runs: number;
  readonly callers: number;
  readonly kills: number;
  readonly seed: number;
}

/** @throws {UsageError} naming the option. */
export function readPlan(args: readonly string[]): SoakPlan {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { runs: text, callers: text, kills: text, seed: text },
  });
  const number = (name: keyof typeof values, fallback: number, minimum: number): number => {
    const value = Number(values[name] ?? fallback);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new UsageError(`--${name} must be a whole number of at least ${minimum}`);
  };
  return {
    runs: number("runs", 2_000, 1),
    callers: number("callers", 50, 1),
    kills: number("kills", 2, 0),
    seed: number("seed", 1, 0),
  };
}

/** Numbers from 0 up to 1 that depend on the seed alone (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
