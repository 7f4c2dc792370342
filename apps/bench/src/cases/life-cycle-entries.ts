import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { lifeCycles } from "../drivers/life-cycles.ts";
import type { Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

/** The row of a durable queue with as many callers as slots, or with more. */
export function lifeCycleEntry(
  contestant: DurableContestant,
  count: number,
  callers: number = concurrency,
): Entry {
  const { name, kind, note } = contestant;
  return {
    name: callers === concurrency ? name : `${name}, ${callers} callers`,
    kind,
    count,
    note,
    measure: (jobs) => lifeCycles(contestant, { concurrency, callers }, jobs),
  };
}
