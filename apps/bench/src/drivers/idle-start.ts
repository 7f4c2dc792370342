import { setTimeout as sleep } from "node:timers/promises";
import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { percentile } from "../measure/percentile.ts";
import { makeDurableOrders } from "./durable-orders.ts";

/** Between two jobs, so that workers that look for more have gone to sleep. */
const restMs = 2;

/** What `idleStart` measures. */
export const idleStartColumns = ["p50 us", "p99 us"];

/** From the call to the first instruction of the job, on a queue that has nothing else to do. */
export async function idleStart(
  contestant: DurableContestant,
  concurrency: number,
  count: number,
): Promise<readonly [p50: number, p99: number]> {
  const queue = await contestant.open(concurrency);
  try {
    const microseconds: number[] = [];
    for (const order of makeDurableOrders(count)) {
      await sleep(restMs);
      const submittedMs = performance.now();
      const work = async (): Promise<void> => {
        microseconds.push((performance.now() - submittedMs) * 1_000);
      };
      await queue.add(work, order);
    }
    return [percentile(microseconds, 50), percentile(microseconds, 99)];
  } finally {
    await queue.close();
  }
}
