import { asyncPriorityQueue, asyncQueue } from "../contestants/async.ts";
import { bottleneck } from "../contestants/bottleneck.ts";
import type { Order } from "../contestants/contestant.ts";
import { fastqCallbackName, fastqPromise, openFastqCallback } from "../contestants/fastq.ts";
import { lane, laneUnheard } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue, pQueuePriorities } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { rawPriorities } from "../contestants/raw-priorities.ts";
import { rawRoundRobin } from "../contestants/raw-round-robin.ts";
import { callbackClosedLoop, closedLoop } from "../drivers/closed-loop.ts";
import { entryOf } from "../drivers/entry.ts";
import { seededRandom } from "../measure/random.ts";
import type { Case, Target } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const callers = 64;
const jobs = 200_000;

const contestants = [
  rawFifo,
  rawPriorities,
  rawRoundRobin,
  fastqPromise,
  asyncQueue,
  asyncPriorityQueue,
  pLimit,
  pQueue,
  // Little is queued here, so that it gets as many as the others.
  { ...pQueuePriorities, maxJobs: undefined, note: undefined },
  bottleneck,
  laneUnheard,
  lane,
];

/** Callers that each wait for their job before they submit the next: the queue stays short. */
export const closedLoopCase: Case = {
  name: "closed-loop",
  title: "closed loop: 64 callers, each with one job at a time, concurrency 16, priorities 0-9",
  columns: ["ns/job"],
  raw: rawFifo.name,
  process: "case",
  entries: [
    entryOf({ name: fastqCallbackName, kind: "peer" }, jobs, (count) =>
      callbackClosedLoop(openFastqCallback(concurrency), callers, Math.ceil(count / callers)),
    ),
    ...contestants.map((contestant) =>
      entryOf(contestant, jobs, (count) => closedLoop(contestant, concurrency, ordersByCaller(count))),
    ),
  ],
  targets: [laneUnheard, lane].map(({ name: ours }): Target => {
    return { level: "must", ours, against: pLimit.name, atMost: 1.5 };
  }),
};

function ordersByCaller(count: number): Order[][] {
  const random = seededRandom(count);
  return Array.from({ length: callers }, (_, caller) =>
    Array.from({ length: Math.ceil(count / callers) }, () => ({
      callerId: `caller-${caller}`,
      priority: Math.floor(random() * 10),
    })),
  );
}
