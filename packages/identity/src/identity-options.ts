import { type ArgumentCheck, readKnown, requireMethod, requireType, show } from "./arguments.ts";
import type { Logger } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { MemberResolver } from "./member-resolver.ts";
import { denyAll, type Policy, requirePolicy } from "./policy.ts";
import { steadyNow } from "./steady-clock.ts";

export interface IdentityOptions {
  /** Several: `anyOf`, `allOf`. @default denyAll */
  readonly policy?: Policy | undefined;
  /** Needed by policies that ask for the member. @default none */
  readonly resolver?: MemberResolver | undefined;
  /** How long a right that was taken away without a word to `invalidate` may still be used, at most. @default 30_000 */
  readonly allowTtlMs?: number | undefined;
  /** How long a right that was given may still be denied, at most. Not above 10_000. @default 5_000 */
  readonly denyTtlMs?: number | undefined;
  /** How many decisions are kept, and as many members. @default 10_000 */
  readonly maxEntries?: number | undefined;
  /** How long a decision, or a lookup, may take. At least 1. @default 2_000 */
  readonly timeoutMs?: number | undefined;
  /** True judges bots as everybody else. @default false: they are denied */
  readonly allowBots?: boolean | undefined;
  /** Epoch milliseconds. @default a clock that no change of the system's time moves */
  readonly clock?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

/** The options with their defaults. */
export type Settings = Filled<Omit<IdentityOptions, Optional>> & Pick<IdentityOptions, Optional>;
type Filled<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };
type Optional = "resolver" | "logger";

/** The longest wait that a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

const checks: { readonly [Name in keyof Required<IdentityOptions>]: ArgumentCheck } = {
  policy: requirePolicy,
  resolver: requireResolver,
  allowTtlMs: (value, what) => requireWholeNumber(value as number, what, 0),
  denyTtlMs: (value, what) => requireAtMost(value as number, what, 0, 10_000),
  maxEntries: (value, what) => requireWholeNumber(value as number, what, 0),
  timeoutMs: (value, what) => {
    if (value !== Infinity) requireAtMost(value as number, what, 1, longestTimerMs);
  },
  allowBots: requireType("boolean", "true or false"),
  clock: requireType("function", "a function"),
  logger: requireMethod("warn"),
};

/** @throws {TypeError | RangeError} for an option that is unknown, of the wrong kind or out of its bounds. */
export function readOptions(options: IdentityOptions): Settings {
  const {
    policy = denyAll,
    resolver,
    logger,
    ...read
  } = readKnown(options, checks, "Cannot create identity:");
  const { allowTtlMs = 30_000, denyTtlMs = 5_000, maxEntries = 10_000, timeoutMs = 2_000 } = read;
  const { clock = steadyNow, allowBots = false } = read;
  return { policy, resolver, logger, allowTtlMs, denyTtlMs, maxEntries, timeoutMs, clock, allowBots };
}

function requireAtMost(value: number, what: string, minimum: number, maximum: number): void {
  requireWholeNumber(value, what, minimum);
  if (value > maximum) throw new RangeError(`${what} must be at most ${maximum}: received ${value}`);
}

function requireResolver(value: unknown, what: string): void {
  requireMethod("resolve")(value, what);
  const { platforms } = value as MemberResolver;
  if (platforms === undefined || Array.isArray(platforms)) return;
  throw new TypeError(
    `${what} must have 'platforms' that are an array, or none: received ${show(platforms)}`,
  );
}
