import Bottleneck from "bottleneck";
import type { Contestant } from "./contestant.ts";

export const bottleneck: Contestant = {
  name: "bottleneck, priorities",
  kind: "peer",
  maxJobs: 300,
  note: "a job costs it milliseconds",
  open: (concurrency) => {
    const limiter = new Bottleneck({ maxConcurrent: concurrency });
    // There a lower number goes first.
    return { add: (work, { priority }) => limiter.schedule({ priority: 9 - priority }, work) };
  },
};
