import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { settledHeapBytes } from "../measure/heap.ts";
import { holdSlots } from "./gate.ts";

export interface HeapOptions {
  /** Each job gets an AbortController of its own, which is counted and in the end dropped like its promise. */
  readonly ownSignals: boolean;
}

/**
 * Bytes that each queued job takes, its promise included, and that each leaves behind once all are done, all promises are
 * dropped and the queue is still held.
 */
export async function heapPerJob(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
  { ownSignals }: HeapOptions = { ownSignals: false },
): Promise<readonly [queued: number, left: number]> {
  const queue = contestant.open(concurrency);
  const gate = holdSlots(queue, concurrency);
  // Filled, so that the arrays themselves grow by nothing.
  const results: unknown[] = orders.map(() => undefined);
  const controllers: (AbortController | undefined)[] = orders.map(() => undefined);
  const before = await settledHeapBytes();
  for (const [index, order] of orders.entries()) {
    if (ownSignals) {
      const controller = new AbortController();
      controllers[index] = controller;
      results[index] = queue.add(trivialWork, { ...order, signal: controller.signal });
    } else {
      results[index] = queue.add(trivialWork, order);
    }
  }
  const queued = await settledHeapBytes();
  await gate.open();
  await Promise.all(results);
  results.fill(undefined);
  controllers.fill(undefined);
  const after = await settledHeapBytes();
  // Still in use, so what the queue holds cannot have been collected.
  await Promise.all(orders.slice(0, 1).map((order) => queue.add(trivialWork, order)));
  return [(queued - before) / orders.length, (after - before) / orders.length];
}
