import type { CallbackQueue } from "../contestants/fastq.ts";
import { type Contestant, type Order, trivialWork } from "../contestants/contestant.ts";
import { startWatch } from "../measure/nanoseconds.ts";

/** As many loops as there are orders in a turn, each of which submits a job when its last one is done: ns per job. */
export async function closedLoop(
  contestant: Contestant,
  concurrency: number,
  turns: readonly (readonly Order[])[],
): Promise<number> {
  const queue = contestant.open(concurrency);
  const since = startWatch();
  await Promise.all(
    turns.map(async (orders) => {
      for (const order of orders) await queue.add(trivialWork, order);
    }),
  );
  return since(turns.reduce((sum, orders) => sum + orders.length, 0));
}

/** The same for a queue that calls back. */
export async function callbackClosedLoop(
  queue: CallbackQueue,
  loops: number,
  jobsPerLoop: number,
): Promise<number> {
  const since = startWatch();
  await Promise.all(
    Array.from({ length: loops }, async () => {
      for (let job = 0; job < jobsPerLoop; job += 1) {
        await new Promise<void>((resolve) => queue.push(trivialWork, resolve));
      }
    }),
  );
  return since(loops * jobsPerLoop);
}
