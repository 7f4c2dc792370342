import type { Config } from "./config.ts";
import { ConfigError } from "./errors.ts";
import { requireKnown } from "./internal/known-options.ts";
import type { Logger } from "./internal/logger.ts";
import { requireLogger } from "./internal/require-logger.ts";
import { show } from "./internal/show.ts";
import { orAborted } from "./or-aborted.ts";
import { type Plan, planConfig, type PlanOptions } from "./plan.ts";
import { read, type Reading, readNow } from "./reading.ts";
import { RunningConfig } from "./running-config.ts";
import type { Fitting, Shape } from "./setting.ts";

export interface ConfigOptions extends PlanOptions {
  /** Told of listeners that fail and of reloads that fail unheard. @default process warnings */
  readonly logger?: Logger | undefined;
}

export interface LoadOptions extends ConfigOptions {
  /** Ends the waiting for sources and schemas. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads and checks every setting, then follows the sources that can tell of changes.
 *
 * @throws {ConfigError} with every problem at once.
 * @throws {TypeError} for a shape or an option that is none.
 */
export async function createConfig<S extends Shape>(
  shape: S & Fitting<S>,
  options: LoadOptions = {},
): Promise<Config<S>> {
  requireOptions(options);
  const { signal = new AbortController().signal } = options;
  requireSignal(signal);
  signal.throwIfAborted();
  const plan = planConfig(shape, options);
  return start(plan, await orAborted(read(plan, signal, []), signal), options);
}

/** As `createConfig`, without loading: for sources that have their values at hand and schemas that answer at once. */
export function createConfigSync<S extends Shape>(
  shape: S & Fitting<S>,
  options: ConfigOptions = {},
): Config<S> {
  requireOptions(options);
  const plan = planConfig(shape, options);
  return start(plan, readNow(plan), options);
}

function start<S extends Shape>(plan: Plan, reading: Reading, { logger }: ConfigOptions): Config<S> {
  if (reading.issues.length > 0) throw new ConfigError(reading.issues);
  // The one place where keys and types of the shape are dropped: inside, a setting is any setting.
  return new RunningConfig(plan, reading.reads, logger) as unknown as Config<S>;
}

const action = "Cannot create config";
const knownOptions = { sources: true, strict: true, logger: true, signal: true } as const;

/** Those of both: what is for one of them may be given to the other. */
function requireOptions(options: LoadOptions): void {
  requireKnown(options, knownOptions, `${action}: 'options'`);
  requireLogger(options.logger, action);
}

function requireSignal(signal: AbortSignal | null): void {
  if (typeof signal?.throwIfAborted === "function" && typeof signal.addEventListener === "function") return;
  throw new TypeError(`${action}: 'signal' must be an AbortSignal: received ${show(signal)}`);
}
