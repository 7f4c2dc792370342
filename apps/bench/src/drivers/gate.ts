import type { Order, Queue } from "../contestants/contestant.ts";

/** Takes all slots of a queue, so that what comes after has to wait until `open`. */
export interface Gate {
  /** Gives the slots back, and returns once their jobs are done. */
  readonly open: () => Promise<void>;
}

export function holdSlots(queue: Queue, concurrency: number): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  const order: Order = { callerId: "gate", priority: 9 };
  const holders = Array.from({ length: concurrency }, () => queue.add(() => promise, order));
  return {
    open: async () => {
      resolve();
      await Promise.all(holders);
    },
  };
}
