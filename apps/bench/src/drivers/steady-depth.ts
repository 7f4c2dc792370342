import { AsyncLocalStorage } from "node:async_hooks";
import { openStoredLane, type StoredLaneOptions } from "../contestants/stored-lane.ts";
import { collectGarbage } from "../measure/heap.ts";
import { startWatch } from "../measure/nanoseconds.ts";
import { makeDurableOrders } from "./durable-orders.ts";

export interface SteadyDepthOptions extends Pick<StoredLaneOptions, "prepare"> {
  readonly concurrency: number;
  /** Jobs that wait all the time: as many are submitted as start. */
  readonly waiting: number;
}

const batchSize = 1_000;

/** Nanoseconds for each job that is submitted, started and ended while so many others wait; first come, first served. */
export async function steadyDepth(
  { concurrency, waiting, prepare }: SteadyDepthOptions,
  count: number,
): Promise<number> {
  const { lane, close } = await openStoredLane({ maxConcurrent: 0, prepare });
  const orders = makeDurableOrders(waiting + count).values();
  const submissions: Promise<void>[] = [];
  const { promise: enough, resolve } = Promise.withResolvers<void>();
  // Who submits is not the job in whose code this happens to be called.
  const outside = AsyncLocalStorage.snapshot();
  let ran = 0;
  const run = async (): Promise<void> => {
    ran += 1;
    if (ran <= count) submissions.push(outside(submit));
    if (ran === count) resolve();
  };
  async function submit(): Promise<void> {
    const order = orders.next().value;
    if (!order) return;
    const { result } = await lane.submit({ ...order, run });
    // What still waits at the end is left in the database, which is removed.
    result.catch(() => {});
  }
  for (let first = 0; first < waiting; first += batchSize) {
    await Promise.all(Array.from({ length: Math.min(batchSize, waiting - first) }, submit));
  }
  // What the others' submission has left behind is not these jobs' cost.
  collectGarbage();
  const since = startWatch();
  await lane.setMaxConcurrent(concurrency);
  await enough;
  const figure = since(count);
  await lane.setMaxConcurrent(0);
  await Promise.all(submissions);
  await close();
  return figure;
}
