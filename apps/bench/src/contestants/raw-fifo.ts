import type { Contestant } from "./contestant.ts";
import { RawQueue, type RawJob } from "./raw-queue.ts";
import { Ring } from "./ring.ts";

/** First come, first served. */
export const rawFifo: Contestant = {
  name: "raw: FIFO ring",
  kind: "raw",
  open: (concurrency) => new RawQueue(concurrency, new Ring<RawJob>()),
};
