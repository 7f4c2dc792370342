import { createLane } from "@executus/lane";
import type { Canceller } from "../drivers/cancel-half.ts";
import { holdSlots } from "../drivers/gate.ts";

/** Ours, by the id of the job. */
export const laneById: Canceller = {
  name: "lane.cancel(jobId)",
  kind: "ours",
  fill: async (maxConcurrent, orders) => {
    const lane = createLane({ name: "bench", maxConcurrent });
    const gate = holdSlots({ add: (work, order) => lane.run(work, order) }, maxConcurrent);
    let ran = 0;
    const run = async (): Promise<void> => {
      ran += 1;
    };
    const tickets = await Promise.all(
      orders.map(({ callerId, priority }, index) =>
        lane.submit({ id: `job-${index}`, callerId, priority, run }),
      ),
    );
    const ends = tickets.map(({ result }) => result.then(ignore, ignore));
    return {
      cancel: async (indexes) => {
        await Promise.all(indexes.map((index) => lane.cancel(`job-${index}`)));
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

function ignore(): void {}
