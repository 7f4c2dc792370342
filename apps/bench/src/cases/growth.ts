import { asyncPriorityQueue } from "../contestants/async.ts";
import type { Contestant } from "../contestants/contestant.ts";
import { laneUnheard } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue, pQueuePriorities } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { deepQueue } from "../drivers/deep-queue.ts";
import { makeOrders } from "../drivers/orders.ts";
import type { Case, Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const depths = [1_000, 10_000, 100_000, 1_000_000];

/** What a job costs when many wait: each contestant is to be compared with itself. */
export const growthCase: Case = {
  name: "growth",
  title: "cost per job with 1,000 to 1,000,000 queued at once; 1,000 callers, priorities 0-9",
  columns: ["ns/job"],
  process: "figure",
  maxRounds: 3,
  entries: [rawFifo, pLimit, pQueue, asyncPriorityQueue, pQueuePriorities, laneUnheard].flatMap(entriesOf),
  targets: [
    {
      level: "must",
      ours: nameAt(laneUnheard, 100_000),
      against: nameAt(laneUnheard, 1_000),
      atMost: 3,
    },
    {
      level: "must",
      ours: nameAt(laneUnheard, 1_000_000),
      against: nameAt(laneUnheard, 100_000),
      atMost: 1.2,
    },
  ],
};

function entriesOf(contestant: Contestant): Entry[] {
  return depths
    .filter((depth) => depth <= (contestant.maxJobs ?? depth))
    .map((depth) => ({
      name: nameAt(contestant, depth),
      kind: contestant.kind,
      count: depth,
      raw: nameAt(rawFifo, depth),
      measure: async (count) => [
        await deepQueue(contestant, concurrency, makeOrders(count, { callers: 1_000, priorities: 10 })),
      ],
    }));
}

function nameAt({ name }: Contestant, depth: number): string {
  return `${name}, ${depth.toLocaleString("en-US")} queued`;
}
