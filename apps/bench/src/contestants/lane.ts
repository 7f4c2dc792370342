import { createLane } from "@executus/lane";
import type { Contestant } from "./contestant.ts";

/** Ours with all that it has: callers, priorities, and a listener that hears every event. */
export const lane: Contestant = {
  name: "lane.run, with onEvent",
  kind: "ours",
  open: (maxConcurrent) => {
    let heard = 0;
    const onEvent = (): void => {
      heard += 1;
    };
    const queue = createLane({ name: "bench", maxConcurrent, onEvent });
    return {
      add: (work, { callerId, priority, signal }) => queue.run(work, { callerId, priority, signal }),
    };
  },
};

/** The same, and nobody listens. */
export const laneUnheard: Contestant = {
  name: "lane.run",
  kind: "ours",
  open: (maxConcurrent) => {
    const queue = createLane({ name: "bench", maxConcurrent });
    return {
      add: (work, { callerId, priority, signal }) => queue.run(work, { callerId, priority, signal }),
    };
  },
};

/** The shortest call: one caller, no options. */
export const lanePlain: Contestant = {
  name: "lane.run(work)",
  kind: "ours",
  open: (maxConcurrent) => {
    const queue = createLane({ name: "bench", maxConcurrent });
    return { add: (work) => queue.run(work) };
  },
};
