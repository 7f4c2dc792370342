import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** One job after the other on a queue that has nothing else to do: nanoseconds per job. */
export async function oneByOne(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const since = startWatch();
  for (const order of orders) await queue.add(trivialWork, order);
  return since(orders.length);
}
