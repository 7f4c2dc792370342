import limitFunction from "p-limit";
import type { Contestant } from "./contestant.ts";

export const pLimit: Contestant = {
  name: "p-limit",
  kind: "peer",
  open: (concurrency) => {
    const limit = limitFunction(concurrency);
    return { add: (work) => limit(work) };
  },
};
