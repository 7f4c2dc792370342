import { asyncPriorityQueue, asyncQueue } from "../contestants/async.ts";
import { fastqPromise } from "../contestants/fastq.ts";
import { laneUnheard } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { rawRoundRobin } from "../contestants/raw-round-robin.ts";
import { entryOf } from "../drivers/entry.ts";
import { jobsBeforeSecond } from "../drivers/fairness.ts";
import type { Case } from "../measure/case.ts";

const first = 1_000;
const second = 100;

/** What the second caller has to sit through. Not a matter of speed, so that one round of all jobs is enough. */
export const fairnessCase: Case = {
  name: "fairness",
  title:
    "one caller has 1,000 jobs queued, another submits 100: jobs of the first that run before the second is done",
  columns: ["jobs"],
  raw: rawRoundRobin.name,
  process: "case",
  maxRounds: 1,
  entries: [
    rawFifo,
    rawRoundRobin,
    fastqPromise,
    asyncQueue,
    asyncPriorityQueue,
    pLimit,
    pQueue,
    laneUnheard,
  ].map((contestant) =>
    entryOf(contestant, first + second, () => jobsBeforeSecond(contestant, first, second)),
  ),
  targets: [{ level: "must", ours: laneUnheard.name, atMost: second }],
};
