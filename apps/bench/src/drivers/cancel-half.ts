import type { Order } from "../contestants/contestant.ts";
import type { Kind } from "../measure/case.ts";
import { startWatch } from "../measure/nanoseconds.ts";
import { shuffledIndexes } from "../measure/random.ts";

/** A queue full of jobs that wait. */
export interface FullQueue {
  /** Takes the jobs with these indexes out, and returns once all of them know. */
  cancel(indexes: readonly number[]): Promise<void>;
  /** Runs what is left, and returns how many jobs that were. */
  drain(): Promise<number>;
}

/** A way to take a job out of a queue. */
export interface Canceller {
  readonly name: string;
  readonly kind: Kind;
  readonly maxJobs?: number | undefined;
  readonly note?: string | undefined;
  fill(concurrency: number, orders: readonly Order[]): Promise<FullQueue>;
}

/** Cancels half of what is queued, in random order: nanoseconds per cancelled job. */
export async function cancelHalf(
  canceller: Canceller,
  concurrency: number,
  orders: readonly Order[],
): Promise<number> {
  const full = await canceller.fill(concurrency, orders);
  const chosen = shuffledIndexes(orders.length, orders.length).slice(0, Math.ceil(orders.length / 2));
  const since = startWatch();
  await full.cancel(chosen);
  const figure = since(chosen.length);
  const ran = await full.drain();
  if (ran === orders.length - chosen.length) return figure;
  throw new Error(
    `Cannot measure "${canceller.name}": ${ran} jobs ran of ${orders.length} with half cancelled`,
  );
}
