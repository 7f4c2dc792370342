import { AsyncLocalStorage } from "node:async_hooks";
import { openStoredLane, type StoredLaneOptions } from "../contestants/stored-lane.ts";
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
  const ends: Promise<unknown>[] = [];
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
    if (order) ends.push((await lane.submit({ ...order, run })).result);
  }
  for (let first = 0; first < waiting; first += batchSize) {
    await Promise.all(Array.from({ length: Math.min(batchSize, waiting - first) }, submit));
  }
  const since = startWatch();
  await lane.setMaxConcurrent(concurrency);
  await enough;
  const figure = since(count);
  await lane.setMaxConcurrent(0);
  await Promise.all(submissions);
  // What still waits is left in the database, which is removed.
  const settled = Promise.allSettled(ends);
  await close();
  await settled;
  return figure;
}
