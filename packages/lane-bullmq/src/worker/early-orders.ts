import type { Stop } from "./running-job.ts";

/** How many orders are remembered. */
const most = 100;

/**
 * Orders to stop jobs that do not run here, or not yet: one may come while its job is on the way from Redis to this process.
 * Only the last are kept, since most are for other processes; one that is forgotten is found when the lane is tended.
 */
export class EarlyOrders {
  /** By submission: an id may come again. */
  readonly #orders = new Map<string, Stop>();

  add(submission: string, stop: Stop): void {
    this.#orders.delete(submission);
    this.#orders.set(submission, stop);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > most && oldest !== undefined) this.#orders.delete(oldest);
  }

  take(submission: string): Stop | undefined {
    const stop = this.#orders.get(submission);
    this.#orders.delete(submission);
    return stop;
  }
}
