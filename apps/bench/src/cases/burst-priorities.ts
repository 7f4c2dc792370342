import { asyncPriorityQueue } from "../contestants/async.ts";
import { bottleneck } from "../contestants/bottleneck.ts";
import { laneUnheard } from "../contestants/lane.ts";
import { pQueuePriorities } from "../contestants/p-queue.ts";
import { rawPriorities } from "../contestants/raw-priorities.ts";
import type { Case } from "../measure/case.ts";
import { burstEntries } from "./burst-entries.ts";

/** One caller with priorities, beside the peers that know them. */
export const burstPrioritiesCase: Case = {
  name: "burst-priorities",
  title: "200,000 trivial jobs at concurrency 16, one caller, priorities 0-9",
  columns: ["ns/job"],
  raw: rawPriorities.name,
  process: "case",
  entries: burstEntries({ priorities: 10 }, [
    rawPriorities,
    asyncPriorityQueue,
    pQueuePriorities,
    bottleneck,
    laneUnheard,
  ]),
  targets: [{ level: "must", ours: laneUnheard.name, against: asyncPriorityQueue.name, atMost: 1 }],
};
