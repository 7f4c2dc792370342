import type { DispatchGuard } from "./dispatch-guard.ts";
import { EventReporter } from "./event-reporter.ts";
import type { GuardEvent } from "./guard-event.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { defaultLimits, type Limits, readLimits } from "./limits.ts";
import { requireFunction, requireOneOf } from "./require.ts";
import { TreeGuard } from "./tree-guard.ts";

const action = "Cannot create dispatch guard";
const knownOptions = { limits: true, noRoot: true, onEvent: true, logger: true, clock: true } as const;

export interface DispatchGuardOptions {
  /** For each tree that this guard starts, and for what it dispatches in another guard's. @default those of `Limits` */
  readonly limits?: Limits | undefined;
  /** What a dispatch is that no frame makes: a root, or refused with `GUARD_NO_ROOT`. @default "root" */
  readonly noRoot?: "root" | "deny" | undefined;
  /** Told what happens, outside of any frame. If it throws, that is reported and breaks nothing. */
  readonly onEvent?: ((event: GuardEvent) => unknown) | undefined;
  /** Told of an `onEvent` that throws and of a limit that cannot be read. @default a process warning */
  readonly logger?: Logger | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
}

/**
 * Makes a guard. One for the whole program is enough; several meet in the same trees, each with its own limits.
 *
 * @throws {TypeError | RangeError} if an option is not as documented
 *
 * @example
 * ```ts
 * const guard = createDispatchGuard({ limits: { maxDepth: 2, budgets: { tokens: 200_000 } } });
 * const answer = await guard.dispatch("researcher", (frame) => research(question, frame.signal));
 * ```
 */
export function createDispatchGuard(options: DispatchGuardOptions = {}): DispatchGuard {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  const { limits = {}, noRoot = "root", onEvent, logger, clock = () => Date.now() } = options;
  requireOneOf(noRoot, ["root", "deny"], `${action}: 'noRoot'`);
  requireFunction(clock, `${action}: 'clock'`);
  if (onEvent !== undefined) requireFunction(onEvent, `${action}: 'onEvent'`);
  requireLogger(logger, action);
  const own = readLimits(limits, action, logger, defaultLimits);
  return new TreeGuard({
    own,
    noRoot,
    clock,
    logger,
    reporter: new EventReporter({ onEvent, clock, logger }),
  });
}
