import { askSource } from "./ask-source.ts";
import { codec } from "./codec.ts";
import { ConfigError } from "./errors.ts";
import { isSource, requireKey, type Source } from "./source.ts";
import type { SchemaResult, StandardSchema } from "./standard-schema.ts";

/**
 * A text setting. Like every getter it gives the fallback where there is no source, no value, or the source fails.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if there is a value and it is not a string.
 */
export function getString(source: Source | undefined, key: string, fallback: string): string {
  return read(source, key, fallback, codec.string);
}

/** @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.int` takes. */
export function getInt(source: Source | undefined, key: string, fallback: number): number {
  return read(source, key, fallback, codec.int);
}

/** @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.number` takes. */
export function getNumber(source: Source | undefined, key: string, fallback: number): number {
  return read(source, key, fallback, codec.number);
}

/** @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.bool` takes. */
export function getBool(source: Source | undefined, key: string, fallback: boolean): boolean {
  return read(source, key, fallback, codec.bool);
}

/** In whole milliseconds, as the fallback. @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.duration` takes. */
export function getDuration(source: Source | undefined, key: string, fallback: number): number {
  return read(source, key, fallback, codec.duration);
}

/** In whole bytes, as the fallback. @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.bytes` takes. */
export function getBytes(source: Source | undefined, key: string, fallback: number): number {
  return read(source, key, fallback, codec.bytes);
}

/** @throws {ConfigError} `CONFIG_INVALID` if it is not what `codec.list` takes. */
export function getList(
  source: Source | undefined,
  key: string,
  fallback: readonly string[],
): readonly string[] {
  return read(source, key, fallback, codec.list);
}

function read<T>(source: Source | undefined, key: string, fallback: T, schema: StandardSchema<T>): T {
  requireKey(key, "Cannot read setting");
  if (!isSource(source, "Cannot read setting")) return fallback;
  const value = askSource(source, key);
  if (value === undefined) return fallback;
  const result = schema["~standard"].validate(value) as SchemaResult<T>;
  if (!result.issues) return result.value;
  const where = source.name === undefined ? "" : ` from ${source.name}`;
  const message = `Cannot use setting "${key}"${where}: ${result.issues[0]?.message}`;
  throw new ConfigError([{ code: "CONFIG_INVALID", key, origin: source.name, message }]);
}
