export type TimeUnit = "ms" | "s" | "m" | "h" | "d";

const milliseconds: Readonly<Record<TimeUnit, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const bytes: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Whole milliseconds, or `undefined`. A number without a unit counts in `unit`, and without that is none. */
export function parseDuration(value: unknown, unit?: TimeUnit): number | undefined {
  const bare = unit === undefined ? {} : { "": milliseconds[unit] };
  return parseQuantity(value, { ...milliseconds, ...bare });
}

/** Whole bytes, or `undefined`. */
export function parseBytes(value: unknown): number | undefined {
  return parseQuantity(value, bytes);
}

/** Whole, because 8.2 × 3,600,000 is 29,519,999.999999996, which a limit that counts would refuse. */
function parseQuantity(value: unknown, units: Readonly<Record<string, number>>): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(String(value).trim()) ?? [];
  const name = unit.toLowerCase();
  if (amount === undefined || !Object.hasOwn(units, name)) return undefined;
  const quantity = Math.round(Number(amount) * (units[name] ?? Number.NaN));
  return Number.isSafeInteger(quantity) ? quantity : undefined;
}
