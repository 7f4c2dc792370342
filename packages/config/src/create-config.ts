import type { Config } from "./config.ts";
import { ConfigError } from "./errors.ts";
import type { Logger } from "./internal/logger.ts";
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
  const plan = planConfig(shape, options);
  return start(plan, readNow(plan), options);
}

function start<S extends Shape>(plan: Plan, reading: Reading, { logger }: ConfigOptions): Config<S> {
  if (reading.issues.length > 0) throw new ConfigError(reading.issues);
  // The one place where keys and types of the shape are dropped: inside, a setting is any setting.
  return new RunningConfig(plan, reading.reads, logger) as unknown as Config<S>;
}

function requireSignal(signal: AbortSignal | null): void {
  if (typeof signal?.throwIfAborted === "function" && typeof signal.addEventListener === "function") return;
  const received = signal === null ? "null" : typeof signal;
  throw new TypeError(`Cannot create config: 'signal' must be an AbortSignal: received ${received}`);
}
