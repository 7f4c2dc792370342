import type { PathEntry } from "../target.ts";

/** What a lease says. */
export interface Claims {
  readonly leaseId: string;
  readonly audience: string;
  readonly expiresAt: number;
  readonly rootId: string;
  readonly path: readonly PathEntry[];
  readonly limits: LeasedLimits;
}

/** What is left to the frame that issued it. */
export interface LeasedLimits {
  readonly maxDepth: number;
  readonly maxVisits: number;
  readonly maxFanOut: number;
  readonly maxConcurrent: number;
  readonly maxDispatches: number;
  /** Epoch milliseconds. */
  readonly deadlineAt: number;
  readonly budgets: Readonly<Record<string, number>>;
}

const limitNames = [
  "maxDepth",
  "maxVisits",
  "maxFanOut",
  "maxConcurrent",
  "maxDispatches",
  "deadlineAt",
] as const;

/** JSON knows no `Infinity`: it is written as `null`. */
export function writeClaims({ leaseId, audience, expiresAt, rootId, path, limits }: Claims): string {
  return JSON.stringify([
    leaseId,
    audience,
    expiresAt,
    rootId,
    path.map(({ kind, id }) => [kind, id]),
    limitNames.map((name) => limits[name]),
    Object.entries(limits.budgets),
  ]);
}

/** Reads what `writeClaims` wrote. `undefined` for anything else, whoever has signed it. */
export function readClaims(json: string): Claims | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 7) return undefined;
  const [leaseId, audience, expiresAt, rootId, path, numbers, amounts] = parts as unknown[];
  const entries = readPairs(path, readText);
  const budgets = readPairs(amounts, readNumber);
  const limits = readNumbers(numbers);
  if (!isText(leaseId) || !isText(audience) || !isText(rootId) || typeof expiresAt !== "number")
    return undefined;
  if (!entries || entries.length === 0 || !budgets || !limits) return undefined;
  return {
    leaseId,
    audience,
    expiresAt,
    rootId,
    path: entries.map(([kind, id]) => ({ kind, id })),
    limits: { ...limits, budgets: Object.fromEntries(budgets) },
  };
}

function readNumbers(values: unknown): Omit<LeasedLimits, "budgets"> | undefined {
  if (!Array.isArray(values) || values.length !== limitNames.length) return undefined;
  const numbers = values.map(readNumber);
  if (numbers.includes(undefined)) return undefined;
  return Object.fromEntries(limitNames.map((name, index) => [name, numbers[index]])) as unknown as Omit<
    LeasedLimits,
    "budgets"
  >;
}

function readPairs<T>(
  value: unknown,
  read: (second: unknown) => T | undefined,
): (readonly [string, T])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const pairs: (readonly [string, T])[] = [];
  for (const pair of value as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isText(pair[0])) return undefined;
    const second = read(pair[1]);
    if (second === undefined) return undefined;
    pairs.push([pair[0], second]);
  }
  return pairs;
}

function readText(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}

function readNumber(value: unknown): number | undefined {
  if (value === null) return Infinity;
  return typeof value === "number" && value >= 0 ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
