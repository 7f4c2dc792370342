import type { Work } from "../contestants/contestant.ts";
import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { makeDurableOrders } from "./durable-orders.ts";

export interface LifeCycleOptions {
  readonly concurrency: number;
  /** Callers, each of which submits a job when its last one is done. */
  readonly callers: number;
}

/** What `lifeCycles` measures. */
export const lifeCycleColumns = ["life-cycles/s", "CPU us/job"];

/** Jobs that are stored, run and stored as finished: how many in a second, and what each costs all threads of this process. */
export async function lifeCycles(
  contestant: DurableContestant,
  { concurrency, callers }: LifeCycleOptions,
  count: number,
): Promise<readonly [perSecond: number, cpuMicroseconds: number]> {
  const queue = await contestant.open(concurrency);
  try {
    let ran = 0;
    const work: Work = async () => {
      ran += 1;
    };
    const orders = makeDurableOrders(count).values();
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    await Promise.all(
      Array.from({ length: callers }, async () => {
        // One iterator for all callers: whoever is free takes the next.
        for (const order of orders) await queue.add(work, order);
      }),
    );
    const { user, system } = process.cpuUsage(startCpu);
    const elapsedMs = performance.now() - startMs;
    if (ran !== count) throw new Error(`Cannot measure "${contestant.name}": ${ran} jobs ran of ${count}`);
    return [(count * 1_000) / elapsedMs, (user + system) / count];
  } finally {
    await queue.close();
  }
}
