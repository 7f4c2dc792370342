import type { DurableOrder } from "../contestants/durable-contestant.ts";
import { watchStalls } from "../measure/stall.ts";
import { makeDurableOrders } from "./durable-orders.ts";

/** What `enqueueStall` measures. */
export const enqueueStallColumns = ["longest stall ms", "stored/s"];

/** Stores jobs and starts none: how long the event loop stood at worst, and how many were stored in a second. */
export async function enqueueStall(
  enqueue: (order: DurableOrder) => Promise<unknown>,
  count: number,
  callers: number,
): Promise<readonly [longestStallMs: number, perSecond: number]> {
  const orders = makeDurableOrders(count).values();
  const stalls = watchStalls();
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: Math.min(callers, count) }, async () => {
      for (const order of orders) await enqueue(order);
    }),
  );
  return [stalls(), (count * 1_000) / (performance.now() - startMs)];
}
