import { priorityQueue, queue } from "async";
import type { Contestant, Work } from "./contestant.ts";

// It knows an async worker by its being an async function, so these two have to be.
const worker: (work: Work) => unknown = async (work: Work) => work();

export const asyncQueue: Contestant = {
  name: "async.queue",
  kind: "peer",
  open: (concurrency) => {
    const tasks = queue<Work>(worker, concurrency);
    return { add: (work) => tasks.pushAsync(work) };
  },
};

export const asyncPriorityQueue: Contestant = {
  name: "async.priorityQueue",
  kind: "peer",
  open: (concurrency) => {
    const tasks = priorityQueue<Work>(worker, concurrency);
    // There a lower number goes first.
    return { add: (work, { priority }) => tasks.push(work, 9 - priority) };
  },
};
