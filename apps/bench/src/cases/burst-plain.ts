import { asyncQueue } from "../contestants/async.ts";
import { fastqPromise } from "../contestants/fastq.ts";
import { lanePlain } from "../contestants/lane.ts";
import { pLimit } from "../contestants/p-limit.ts";
import { pQueue } from "../contestants/p-queue.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import type { Case } from "../measure/case.ts";
import { burstEntries, callbackEntry, workersEntry } from "./burst-entries.ts";

/** One caller who wants nothing but a cap. */
export const burstPlainCase: Case = {
  name: "burst-plain",
  title: "200,000 trivial jobs at concurrency 16, one caller, no options",
  columns: ["ns/job"],
  raw: rawFifo.name,
  process: "case",
  entries: [
    workersEntry,
    callbackEntry,
    ...burstEntries({}, [rawFifo, fastqPromise, asyncQueue, pLimit, pQueue, lanePlain]),
  ],
  targets: [
    { level: "must", ours: lanePlain.name, against: pLimit.name, atMost: 1 },
    { level: "goal", ours: lanePlain.name, against: pLimit.name, atMost: 0.8 },
  ],
};
