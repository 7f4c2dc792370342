import { invalid, readSetting } from "./read-setting.ts";
import type { Source } from "./source.ts";

const milliseconds = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

const bytes = new Map([
  ["", 1],
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 2 ** 10],
  ["mib", 2 ** 20],
  ["gib", 2 ** 30],
  ["tib", 2 ** 40],
]);

/**
 * A length of time, rounded to whole milliseconds: `250ms`, `1.5s`, `10m`, `2h`, `7d`. A bare number is refused as text, because nobody
 * can tell its unit; a source that gives numbers gives milliseconds.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not, or is negative.
 */
export function getDuration(source: Source | undefined, key: string, fallback: number): number {
  return readSetting(
    source,
    key,
    fallback,
    (value) => parseQuantity(value, milliseconds),
    "a time with a unit, such as 250ms, 1.5s, 10m, 2h or 7d",
  );
}

/**
 * A size in whole bytes: `512`, `10KB` (thousands), `10MiB` (1,048,576s), in any case; rounded to whole ones.
 *
 * @throws {ConfigError} `CONFIG_INVALID` if it is not, or is negative.
 */
export function getBytes(source: Source | undefined, key: string, fallback: number): number {
  return readSetting(source, key, fallback, parseBytes, "a size such as 512, 10MB or 10MiB");
}

function parseBytes(value: unknown): number | typeof invalid {
  const size = parseQuantity(value, bytes);
  return Number.isSafeInteger(size) ? size : invalid;
}

/** Whole, because 8.2 × 3,600,000 is 29,519,999.999999996, which a limit that counts would refuse. */
function parseQuantity(value: unknown, units: ReadonlyMap<string, number>): number | typeof invalid {
  const amount = Math.round(typeof value === "number" ? value : toAmount(value, units));
  return Number.isFinite(amount) && amount >= 0 ? amount : invalid;
}

function toAmount(value: unknown, units: ReadonlyMap<string, number>): number {
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim()) : null;
  const unit = match && units.get((match[2] ?? "").toLowerCase());
  return match && unit ? Number(match[1]) * unit : Number.NaN;
}
