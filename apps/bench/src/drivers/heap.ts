import type { Contestant, Order } from "../contestants/contestant.ts";
import { settledHeapBytes } from "../measure/heap.ts";

/**
 * Bytes that each queued job takes, its promise included, and that each leaves behind once all are done, all promises are
 * dropped and the queue is still held. What the orders take, signals included, is not counted: the caller made them.
 */
export async function heapPerJob(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<readonly [queued: number, left: number]> {
  const queue = contestant.open(concurrency);
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const blockers = orders.slice(0, concurrency).map((order) => queue.add(() => gate, unsigned(order)));
  // Filled, so that the array itself grows by nothing.
  const results: unknown[] = orders.map(() => undefined);
  const work = async (): Promise<void> => {};
  const before = await settledHeapBytes();
  for (const [index, order] of orders.entries()) results[index] = queue.add(work, order);
  const queued = await settledHeapBytes();
  release();
  await Promise.all([...blockers, ...results]);
  results.fill(undefined);
  const after = await settledHeapBytes();
  // Still in use, so what it holds could not be collected.
  await Promise.all(orders.slice(0, 1).map((order) => queue.add(work, unsigned(order))));
  return [(queued - before) / orders.length, (after - before) / orders.length];
}

function unsigned({ callerId, priority }: Order): Order {
  return { callerId, priority };
}
