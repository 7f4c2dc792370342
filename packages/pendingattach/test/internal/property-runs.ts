// A copy of scripts/internal/property-runs.ts: change it there, then run scripts/sync-internal.ts.
/**
 * How often a property is tried: a little in `test`, much more with `EXECUTUS_LONG=1`. Prints the seed, also when all is
 * well; `EXECUTUS_SEED` plays the same again.
 */
export function propertyRuns(what: string, few: number, many: number): { numRuns: number; seed: number } {
  const { EXECUTUS_LONG: long, EXECUTUS_SEED: chosen } = process.env;
  const seed = chosen === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(chosen);
  const numRuns = long === undefined || long === "" ? few : many;
  process.stdout.write(`${numRuns} ${what}, EXECUTUS_SEED=${seed}\n`);
  return { numRuns, seed };
}
