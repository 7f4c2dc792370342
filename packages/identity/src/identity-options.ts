import type { DecisionEvent } from "./decision-event.ts";
import type { Logger } from "./internal/logger.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { MemberResolver } from "./member-resolver.ts";
import { denyAll, type Policy, requirePolicy } from "./policy.ts";
import { show } from "./show.ts";
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
  /** Told of every decision. If it throws, that is reported and nothing else. */
  readonly onEvent?: ((event: DecisionEvent) => unknown) | undefined;
  /** Epoch milliseconds. @default a clock that no change of the system's time moves */
  readonly clock?: (() => number) | undefined;
  readonly logger?: Logger | undefined;
}

/** The options with their defaults. */
export type Settings = Filled<Omit<IdentityOptions, Optional>> & Pick<IdentityOptions, Optional>;
type Filled<T> = { readonly [Name in keyof T]-?: Exclude<T[Name], undefined> };
type Optional = "resolver" | "onEvent" | "logger";

const names: Readonly<Record<keyof IdentityOptions, true>> = {
  policy: true,
  resolver: true,
  allowTtlMs: true,
  denyTtlMs: true,
  maxEntries: true,
  timeoutMs: true,
  allowBots: true,
  onEvent: true,
  clock: true,
  logger: true,
};
const longestDenyTtlMs = 10_000;
/** The longest wait that a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;
const what = "Cannot create identity:";

/** @throws {TypeError | RangeError} for an option that is unknown, of the wrong kind or out of its bounds. */
export function readOptions(options: IdentityOptions): Settings {
  requireKnown(options, names, what);
  const { policy = denyAll, resolver, onEvent, logger, clock = steadyNow, allowBots = false } = options;
  const { allowTtlMs = 30_000, denyTtlMs = 5_000, maxEntries = 10_000, timeoutMs = 2_000 } = options;
  requirePolicy(policy, `${what} 'policy'`);
  requireMethod(resolver, "resolve", "resolver");
  requireMethod(logger, "warn", "logger");
  requireWholeNumber(allowTtlMs, `${what} 'allowTtlMs'`, 0);
  requireWholeNumber(maxEntries, `${what} 'maxEntries'`, 0);
  requireWholeNumber(timeoutMs, `${what} 'timeoutMs'`, 1);
  requireWholeNumber(denyTtlMs, `${what} 'denyTtlMs'`, 0);
  if (denyTtlMs > longestDenyTtlMs) {
    throw new RangeError(`${what} 'denyTtlMs' must be at most ${longestDenyTtlMs}: received ${denyTtlMs}`);
  }
  if (timeoutMs > longestTimerMs && timeoutMs !== Number.POSITIVE_INFINITY) {
    const expected = `must be at most ${longestTimerMs}, or Infinity`;
    throw new RangeError(`${what} 'timeoutMs' ${expected}: received ${timeoutMs}`);
  }
  if (typeof allowBots !== "boolean") {
    throw new TypeError(`${what} 'allowBots' must be true or false: received ${show(allowBots)}`);
  }
  for (const [name, value] of Object.entries({ onEvent, clock })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`${what} '${name}' must be a function: received ${show(value)}`);
  }
  const read = { policy, clock, allowBots, allowTtlMs, denyTtlMs, maxEntries, timeoutMs };
  return { ...read, resolver, onEvent, logger };
}

/** A misspelt option is not a default. @throws {TypeError} for one that is not among the names, or no object. */
export function requireKnown(options: object, known: Readonly<Record<string, true>>, action: string): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${action} 'options' must be an object: received ${show(options)}`);
  }
  for (const name in options) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`${action} there is no option '${name}'`);
  }
}

function requireMethod(value: unknown, method: string, name: string): void {
  if (value === undefined) return;
  if (typeof value === "object" && value !== null && typeof Reflect.get(value, method) === "function") return;
  throw new TypeError(`${what} '${name}' must have a ${method} function: received ${show(value)}`);
}
