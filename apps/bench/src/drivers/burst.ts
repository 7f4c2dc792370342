import type { CallbackQueue } from "../contestants/fastq.ts";
import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { runByWorkers } from "../contestants/raw-workers.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** Submits everything at once and waits for all of it: nanoseconds per job. */
export async function burst(
  contestant: Contestant,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const results: Promise<unknown>[] = Array.from({ length: orders.length });
  const since = startWatch();
  for (const [index, order] of orders.entries()) results[index] = queue.add(trivialWork, order);
  await Promise.all(results);
  return since(orders.length);
}

/** The same for a queue that calls back. */
export async function callbackBurst(queue: CallbackQueue, count: number): Promise<number> {
  const since = startWatch();
  await new Promise<void>((resolve) => {
    let left = count;
    const done = (): void => {
      left -= 1;
      if (left === 0) resolve();
    };
    for (let index = 0; index < count; index += 1) queue.push(trivialWork, done);
  });
  return since(count);
}

/** The same work by so many loops: what the jobs themselves cost. */
export async function workersBurst(concurrency: number, count: number): Promise<number> {
  const works = Array.from({ length: count }, () => trivialWork);
  const since = startWatch();
  await runByWorkers(concurrency, works);
  return since(count);
}
