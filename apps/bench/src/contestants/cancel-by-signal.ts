import type { Canceller } from "../drivers/cancel-half.ts";
import { holdSlots } from "../drivers/gate.ts";
import { withOwnSignals } from "../drivers/orders.ts";
import type { Contestant } from "./contestant.ts";

export interface SignalOptions {
  readonly maxJobs?: number | undefined;
  readonly note?: string | undefined;
  /** What all are aborted with. Without one, Node makes an exception with a stack for each: most of what an abort costs. */
  readonly reason?: Error | undefined;
}

/** Cancels through the signal that each job was submitted with. */
export function bySignal(contestant: Contestant, { maxJobs, note, reason }: SignalOptions = {}): Canceller {
  return {
    name: reason ? reasonGiven(contestant) : contestant.name,
    kind: contestant.kind,
    maxJobs,
    note,
    fill: async (concurrency, plainOrders) => {
      const { orders, controllers } = withOwnSignals(plainOrders);
      const queue = contestant.open(concurrency);
      const gate = holdSlots(queue, concurrency);
      let ran = 0;
      const work = async (): Promise<void> => {
        ran += 1;
      };
      const results = orders.map((order) => queue.add(work, order));
      // Whoever submits a job looks after its promise, before the abort and not at the cost of it.
      const ends = results.map((result) => result.then(ignore, ignore));
      return {
        cancel: async (indexes) => {
          for (const index of indexes) controllers[index]?.abort(reason);
          await Promise.all(indexes.flatMap((index) => ends[index] ?? []));
        },
        drain: async () => {
          await gate.open();
          await Promise.all(ends);
          return ran;
        },
      };
    },
  };
}

/** The name of the row whose signals are aborted with a reason. */
export function reasonGiven({ name }: Contestant): string {
  return `${name}, reason given`;
}

function ignore(): void {}
