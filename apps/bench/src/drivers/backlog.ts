import type { Work } from "../contestants/contestant.ts";
import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { makeDurableOrders } from "./durable-orders.ts";

/** What `backlog` measures. */
export const backlogColumns = ["jobs/s"];

/** Jobs that are all submitted at once, and then run: how many in a second, from the first submit to the last end. */
export async function backlog(
  contestant: DurableContestant,
  concurrency: number,
  count: number,
): Promise<readonly [perSecond: number]> {
  const queue = await contestant.open(concurrency);
  try {
    let ran = 0;
    const work: Work = async () => {
      ran += 1;
    };
    const orders = makeDurableOrders(count);
    const startMs = performance.now();
    await Promise.all(orders.map((order) => queue.add(work, order)));
    const elapsedMs = performance.now() - startMs;
    if (ran !== count) throw new Error(`Cannot measure "${contestant.name}": ${ran} jobs ran of ${count}`);
    return [(count * 1_000) / elapsedMs];
  } finally {
    await queue.close();
  }
}
