import { asyncPriorityQueue, asyncQueue } from "../contestants/async.ts";
import { bottleneck } from "../contestants/bottleneck.ts";
import { fastqPromise } from "../contestants/fastq.ts";
import { lane, lanePlain, laneUnheard } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue, pQueuePriorities } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { rawPriorities } from "../contestants/raw-priorities.ts";
import { rawRoundRobin } from "../contestants/raw-round-robin.ts";
import { heapPerJob } from "../drivers/heap.ts";
import { makeOrders } from "../drivers/orders.ts";
import type { Case, Target } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 100_000;
const contestants = [
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
  lanePlain,
  laneUnheard,
  lane,
];

/** What a job takes while it waits, and what is left of it afterwards. */
export const heapCase: Case = {
  name: "heap",
  title:
    "heap per queued job, its promise included, and what is left after the drain; 1,000 callers, priorities 0-9",
  columns: ["bytes/queued job", "bytes/job left"],
  raw: rawFifo.name,
  process: "figure",
  maxRounds: 3,
  entries: contestants.map((contestant) => ({
    name: contestant.name,
    kind: contestant.kind,
    count: Math.min(jobs, contestant.maxJobs ?? jobs),
    note: contestant.note,
    measure: (count) =>
      heapPerJob(contestant, concurrency, makeOrders(count, { callers: 1_000, priorities: 10 })),
  })),
  targets: [laneUnheard, lane].flatMap(({ name: ours }): Target[] => [
    { level: "must", ours, atMost: 500 },
    // 0 in the long run: what is left is per lane, and here divided by the jobs.
    { level: "must", ours, atMost: 1, column: 1 },
  ]),
};
