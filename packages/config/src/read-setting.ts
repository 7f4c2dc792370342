import { askSource } from "./ask-source.ts";
import { ConfigError } from "./errors.ts";
import { isSource, requireKey, type Source } from "./source.ts";

/** What a parser gives for a value that is none of its kind. */
export const invalid: unique symbol = Symbol("invalid");

/**
 * Reads one setting: the fallback where there is no source, no value, or the source fails; else what `parse` makes of it.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if there is a value and it is not as expected.
 */
export function readSetting<T>(
  source: Source | undefined,
  key: string,
  fallback: T,
  parse: (value: unknown) => T | typeof invalid,
  expected: string,
): T {
  requireKey(key);
  if (!isSource(source, "Cannot read setting")) return fallback;
  const value = askSource(source, key);
  if (value === undefined) return fallback;
  const parsed = parse(value);
  if (parsed !== invalid) return parsed;
  const where = source.name === undefined ? "" : ` from ${source.name}`;
  throw new ConfigError("CONFIG_INVALID", key, `Cannot use setting "${key}"${where}: it must be ${expected}`);
}
