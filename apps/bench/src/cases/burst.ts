import { asyncPriorityQueue, asyncQueue } from "../contestants/async.ts";
import { bottleneck } from "../contestants/bottleneck.ts";
import { fastqPromise } from "../contestants/fastq.ts";
import { lane, laneUnheard } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue, pQueuePriorities } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { rawPriorities } from "../contestants/raw-priorities.ts";
import { rawRoundRobin } from "../contestants/raw-round-robin.ts";
import type { Case, Target } from "../measure/case.ts";
import { burstEntries, callbackEntry, workersEntry } from "./burst-entries.ts";

/** Everything at once: what a fair queue with priorities has to bear, beside peers that are not fair. */
export const burstCase: Case = {
  name: "burst",
  title: "200,000 trivial jobs at concurrency 16, priorities 0-9 and 1,000 callers together",
  columns: ["ns/job"],
  raw: rawFifo.name,
  process: "case",
  entries: [
    workersEntry,
    callbackEntry,
    ...burstEntries({ callers: 1_000, priorities: 10 }, [
      rawFifo,
      rawPriorities,
      rawRoundRobin,
      fastqPromise,
      asyncQueue,
      asyncPriorityQueue,
      pLimit,
      pQueue,
      pQueuePriorities,
      bottleneck,
      laneUnheard,
      lane,
    ]),
  ],
  targets: [laneUnheard, lane].flatMap(({ name: ours }): Target[] => [
    { level: "must", ours, against: pQueue.name, atMost: 0.8 },
    { level: "must", ours, against: asyncPriorityQueue.name, atMost: 1 },
    { level: "goal", ours, against: fastqPromise.name, atMost: 1 },
  ]),
};
