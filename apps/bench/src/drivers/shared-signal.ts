import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { startWatch } from "../measure/nanoseconds.ts";
import { holdSlots } from "./gate.ts";

/** Jobs that all have the same signal: nanoseconds per job to run them, and to cancel them while they wait. */
export async function sharedSignal(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<readonly [run: number, cancelled: number]> {
  return [await runAll(contestant, concurrency, orders), await cancelAll(contestant, concurrency, orders)];
}

async function runAll(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const { signal } = new AbortController();
  const signalled = orders.map((order) => ({ ...order, signal }));
  const since = startWatch();
  await Promise.all(signalled.map((order) => queue.add(trivialWork, order)));
  return since(orders.length);
}

async function cancelAll(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const controller = new AbortController();
  const gate = holdSlots(queue, concurrency);
  const signalled = orders.map((order) => ({ ...order, signal: controller.signal }));
  const ends = Promise.allSettled(signalled.map((order) => queue.add(trivialWork, order)));
  const since = startWatch();
  controller.abort();
  const settled = await ends;
  const figure = since(orders.length);
  await gate.open();
  if (settled.every(({ status }) => status === "rejected")) return figure;
  throw new Error(`Cannot measure "${contestant.name}": some jobs ran although their signal had aborted`);
}
