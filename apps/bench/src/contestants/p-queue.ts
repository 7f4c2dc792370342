import PQueue from "p-queue";
import type { Contestant } from "./contestant.ts";

export const pQueue: Contestant = {
  name: "p-queue, no priority",
  kind: "peer",
  open: (concurrency) => {
    const queue = new PQueue({ concurrency });
    return { add: (work) => queue.add(work) };
  },
};

export const pQueuePriorities: Contestant = {
  name: "p-queue, priorities",
  kind: "peer",
  maxJobs: 20_000,
  note: "its cost per job grows with what is queued (it inserts into an array)",
  open: (concurrency) => {
    const queue = new PQueue({ concurrency });
    return { add: (work, { priority }) => queue.add(work, { priority }) };
  },
};

/** With a signal that cancels the job while it waits. */
export const pQueueSignal: Contestant = {
  name: "p-queue, by signal",
  kind: "peer",
  open: (concurrency) => {
    const queue = new PQueue({ concurrency });
    return { add: (work, { signal }) => queue.add(work, signal ? { signal } : {}) };
  },
};
