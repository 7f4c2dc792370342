import type { Contestant, Order } from "./contestant.ts";
import { type Backlog, type RawJob, RawQueue } from "./raw-queue.ts";
import { Ring } from "./ring.ts";

/** Ten rings: what priorities cost when there are few of them and they are known beforehand. */
export const rawPriorities: Contestant = {
  name: "raw: 10 rings by priority",
  kind: "raw",
  open: (concurrency) => new RawQueue(concurrency, new PriorityRings()),
};

class PriorityRings implements Backlog {
  readonly #rings = Array.from({ length: 10 }, () => new Ring<RawJob>());

  push(job: RawJob, { priority }: Order): void {
    this.#rings[priority]?.push(job);
  }

  shift(): RawJob | undefined {
    for (let priority = 9; priority >= 0; priority -= 1) {
      const ring = this.#rings[priority];
      if (ring && ring.size > 0) return ring.shift();
    }
    return undefined;
  }
}
