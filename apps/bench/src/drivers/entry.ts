import type { Contestant } from "../contestants/contestant.ts";
import type { Entry } from "../measure/case.ts";

/** The row of a contestant that is measured by one figure. */
export function entryOf(
  { name, kind, maxJobs = Number.POSITIVE_INFINITY, note }: Omit<Contestant, "open">,
  count: number,
  measure: (count: number) => Promise<number>,
): Entry {
  return {
    name,
    kind,
    count: Math.min(count, maxJobs),
    note,
    measure: async (jobs) => [await measure(jobs)],
  };
}
