import { invalid, readSetting } from "./read-setting.ts";
import type { Source } from "./source.ts";

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["yes", true],
  ["no", false],
  ["on", true],
  ["off", false],
  ["1", true],
  ["0", false],
]);

/**
 * Yes or no: a boolean, or one of the words true, false, yes, no, on, off, 1, 0 in any case.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not.
 */
export function getBool(source: Source | undefined, key: string, fallback: boolean): boolean {
  return readSetting(source, key, fallback, parseBool, `one of ${[...words.keys()].join(", ")}`);
}

function parseBool(value: unknown): boolean | typeof invalid {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" && typeof value !== "number") return invalid;
  return words.get(String(value).trim().toLowerCase()) ?? invalid;
}
