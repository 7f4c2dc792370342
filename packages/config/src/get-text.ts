import { invalid, readSetting } from "./read-setting.ts";
import type { Source } from "./source.ts";

/**
 * A text setting.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not a string.
 */
export function getString(source: Source | undefined, key: string, fallback: string): string {
  return readSetting(
    source,
    key,
    fallback,
    (value) => (typeof value === "string" ? value : invalid),
    "a string",
  );
}

/**
 * A list of texts: an array of strings, or one string with commas. Items are trimmed, empty ones dropped.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is neither.
 */
export function getList(
  source: Source | undefined,
  key: string,
  fallback: readonly string[],
): readonly string[] {
  return readSetting(source, key, fallback, parseList, "a list of strings, or one string with commas");
}

function parseList(value: unknown): readonly string[] | typeof invalid {
  const items: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) return invalid;
  return items.map((item) => item.trim()).filter((item) => item !== "");
}
