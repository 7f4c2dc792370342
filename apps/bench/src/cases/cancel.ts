import { asyncRemove } from "../contestants/cancel-async.ts";
import { laneById } from "../contestants/cancel-by-id.ts";
import { bySignal, reasonGiven } from "../contestants/cancel-by-signal.ts";
import { laneUnheard } from "../contestants/lane.ts";
import { pQueueSignal } from "../contestants/p-queue.ts";
import { rawSignal } from "../contestants/raw-signal.ts";
import { cancelHalf } from "../drivers/cancel-half.ts";
import { makeOrders } from "../drivers/orders.ts";
import type { Case } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 100_000;
const reason = new Error("nobody waits for it any more");
const cancellers = [
  bySignal(rawSignal),
  asyncRemove,
  bySignal(pQueueSignal, { maxJobs: 20_000, note: "it looks for a job from the front of its queue" }),
  bySignal(rawSignal, { reason }),
  laneById,
  bySignal(laneUnheard),
  bySignal(laneUnheard, { reason }),
];

/** p-limit, fastq and bottleneck are missing here: they cannot take out a single job. */
export const cancelCase: Case = {
  name: "cancel",
  title: "cancelling half of 100,000 queued jobs in random order; 1,000 callers, priorities 0-9",
  columns: ["ns/cancelled job"],
  raw: rawSignal.name,
  process: "case",
  entries: cancellers.map((canceller) => ({
    name: canceller.name,
    kind: canceller.kind,
    count: Math.min(jobs, canceller.maxJobs ?? jobs),
    note: canceller.note,
    measure: async (count) => [
      await cancelHalf(canceller, concurrency, makeOrders(count, { callers: 1_000, priorities: 10 })),
    ],
  })),
  targets: [
    { level: "must", ours: laneById.name, against: rawSignal.name, atMost: 1 },
    { level: "must", ours: laneUnheard.name, against: rawSignal.name, atMost: 1.5 },
    // Without what Node spends on an abort, which is the same for both and hides the difference.
    { level: "goal", ours: reasonGiven(laneUnheard), against: reasonGiven(rawSignal), atMost: 1.5 },
  ],
};
