import { asyncQueue } from "../contestants/async.ts";
import { fastqPromise } from "../contestants/fastq.ts";
import { laneUnheard, lanePlain } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { entryOf } from "../drivers/entry.ts";
import { oneByOne } from "../drivers/idle.ts";
import { makeOrders } from "../drivers/orders.ts";
import type { Case } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 200_000;
const contestants = [rawFifo, fastqPromise, asyncQueue, pLimit, pQueue, lanePlain, laneUnheard];

/** What a call costs when nothing waits. */
export const idleCase: Case = {
  name: "idle",
  title: "idle queue: one trivial job, awaited, and then the next",
  columns: ["ns/job"],
  raw: rawFifo.name,
  process: "case",
  entries: contestants.map((contestant) =>
    entryOf(contestant, jobs, (count) =>
      oneByOne(contestant, concurrency, makeOrders(count, { callers: 1_000, priorities: 10 })),
    ),
  ),
  targets: [{ level: "must", ours: lanePlain.name, against: rawFifo.name, atMost: 2.5 }],
};
