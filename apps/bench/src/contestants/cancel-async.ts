import { queue } from "async";
import type { Canceller } from "../drivers/cancel-half.ts";
import type { Work } from "./contestant.ts";

/** async takes out whatever a test says, in one pass over the queue. */
export const asyncRemove: Canceller = {
  name: "async.queue, remove",
  kind: "peer",
  note: "one pass for all of them together, and their promises never settle",
  fill: async (concurrency, orders) => {
    let ran = 0;
    const worker: (work: Work) => unknown = async (work: Work) => work();
    const tasks = queue<Work>(worker, concurrency);
    tasks.pause();
    // Each its own function: that is what a job is found by.
    const works = orders.map(() => async (): Promise<void> => {
      ran += 1;
    });
    for (const work of works) tasks.push(work, () => {});
    return {
      cancel: async (indexes) => {
        const chosen = new Set(indexes.map((index) => works[index]));
        tasks.remove(({ data }: { readonly data: Work }) => chosen.has(data));
      },
      drain: async () => {
        tasks.resume();
        if (tasks.length() > 0) await tasks.drain();
        return ran;
      },
    };
  },
};
