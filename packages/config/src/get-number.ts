import { invalid, readSetting } from "./read-setting.ts";
import type { Source } from "./source.ts";

/**
 * A whole number, as a number or in decimal digits with an optional sign. `""`, `12px`, `0x10`, `1e3` and what a number
 * cannot hold exactly are refused.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not.
 */
export function getInt(source: Source | undefined, key: string, fallback: number): number {
  return readSetting(source, key, fallback, parseInteger, "a whole number in decimal digits");
}

/**
 * A finite number, as a number or in decimal: `0.5`, `1e3`.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not.
 */
export function getNumber(source: Source | undefined, key: string, fallback: number): number {
  return readSetting(source, key, fallback, parseFinite, "a finite number");
}

function parseInteger(value: unknown): number | typeof invalid {
  const number = toNumber(value, /^[+-]?\d+$/);
  return Number.isSafeInteger(number) ? number : invalid;
}

function parseFinite(value: unknown): number | typeof invalid {
  const number = toNumber(value, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i);
  return Number.isFinite(number) ? number : invalid;
}

function toNumber(value: unknown, form: RegExp): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && form.test(value.trim()) ? Number(value) : Number.NaN;
}
