import { show } from "./internal/show.ts";
import { hasReservedName } from "./plain-data.ts";
import { parseBytes, parseDuration, type TimeUnit } from "./quantity.ts";
import { isSchema, type SchemaResult, type StandardSchema } from "./standard-schema.ts";

/** The kinds of setting that text often stands for, each a Standard Schema. They take values of a file as well. */
export interface Codec {
  readonly string: StandardSchema<string>;
  /** A whole number, in decimal digits if it is text. `""`, `12px`, `0x10`, `1e3` and what a number cannot hold are refused. */
  readonly int: StandardSchema<number>;
  /** A finite number, in decimal: `0.5`, `1e3`. */
  readonly number: StandardSchema<number>;
  /** A boolean, or true, false, yes, no, on, off, 1, 0 in any case. */
  readonly bool: StandardSchema<boolean>;
  /** Whole milliseconds from `250ms`, `1.5s`, `10m`, `2h`, `7d`. A number without a unit is refused: nobody can tell it. */
  readonly duration: StandardSchema<number>;
  /** Whole bytes from `512`, `10KB` (thousands) or `10KiB` (1,024s), in any case. */
  readonly bytes: StandardSchema<number>;
  /** An absolute address, kept as it was written. */
  readonly url: StandardSchema<string>;
  /** An array of strings, or one string with commas. Items are trimmed, empty ones dropped. */
  readonly list: StandardSchema<readonly string[]>;
  /** As `duration`; a number without a unit counts in this one. */
  durationIn(unit: TimeUnit): StandardSchema<number>;
  oneOf<const T extends string>(...words: readonly T[]): StandardSchema<T>;
  /** JSON text, or from a file the value itself, then as the schema says. */
  json<T = unknown>(schema?: StandardSchema<T>): StandardSchema<T>;
}

const whole = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const yes = ["true", "yes", "on", "1"];
const no = ["false", "no", "off", "0"];

export const codec: Codec = {
  string: make("a string", (value) => (typeof value === "string" ? value : undefined)),
  int: make("a whole number in decimal digits", (value) => parseNumber(value, whole, Number.isSafeInteger)),
  number: make("a finite number", (value) => parseNumber(value, decimal, Number.isFinite)),
  bool: make("one of true, false, yes, no, on, off, 1, 0", parseBool),
  duration: make("a time with a unit, such as 250ms, 1.5s, 10m, 2h or 7d", (value) => parseDuration(value)),
  bytes: make("a size such as 512, 10MB or 10MiB", parseBytes),
  url: make("an absolute address", (value) => (isAddress(value) ? value : undefined)),
  list: make("a list of strings, or one string with commas", parseList),
  durationIn: (unit) => make(`a time, in ${unit} or with a unit`, (value) => parseDuration(value, unit)),
  oneOf: (...words) => make(`one of ${words.join(", ")}`, (value) => words.find((word) => word === value)),
  json: (schema) => {
    if (schema === undefined || isSchema(schema))
      return chain(make("JSON without reserved names", parseJson), schema);
    throw new TypeError(
      `Cannot make codec.json: 'schema' must be a Standard Schema: received ${show(schema)}`,
    );
  },
};

function make<T>(expected: string, parse: (value: unknown) => T | undefined): StandardSchema<T> {
  const validate = (value: unknown): SchemaResult<T> => {
    const parsed = parse(value);
    return parsed === undefined ? { issues: [{ message: `it must be ${expected}` }] } : { value: parsed };
  };
  return { "~standard": { version: 1, vendor: "executus", validate } };
}

function chain<T>(first: StandardSchema, second: StandardSchema<T> | undefined): StandardSchema<T> {
  const validate = (value: unknown): SchemaResult<T> | Promise<SchemaResult<T>> => {
    const result = first["~standard"].validate(value) as SchemaResult<T>;
    return result.issues || !second ? result : second["~standard"].validate(result.value);
  };
  return { "~standard": { version: 1, vendor: "executus", validate } };
}

function parseNumber(value: unknown, form: RegExp, holds: (number: number) => boolean): number | undefined {
  const isText = typeof value === "string" && form.test(value.trim());
  const number = typeof value === "number" ? value : isText ? Number(value) : Number.NaN;
  return holds(number) ? number : undefined;
}

function parseBool(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const word = String(value).trim().toLowerCase();
  return yes.includes(word) ? true : no.includes(word) ? false : undefined;
}

function isAddress(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value);
}

function parseList(value: unknown): readonly string[] | undefined {
  const items: unknown = typeof value === "string" ? value.split(",") : value;
  if (!Array.isArray(items) || !items.every((item) => typeof item === "string")) return undefined;
  return items.map((item) => item.trim()).filter((item) => item !== "");
}

function parseJson(value: unknown): unknown {
  try {
    const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
    return hasReservedName(parsed) ? undefined : parsed;
  } catch {
    return undefined;
  }
}
