import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** Jobs that one figure is taken from, where fewer are queued at a time. */
const fewestJobs = 100_000;

/** Queues this many at once and drains them, as often as it takes to have enough jobs: nanoseconds per job. */
export async function deepQueue(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const times = Math.ceil(fewestJobs / orders.length);
  const results: Promise<unknown>[] = Array.from({ length: orders.length });
  const since = startWatch();
  for (let time = 0; time < times; time += 1) {
    for (const [index, order] of orders.entries()) results[index] = queue.add(trivialWork, order);
    await Promise.all(results);
  }
  return since(times * orders.length);
}
