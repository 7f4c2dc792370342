import { laneUnheard } from "../contestants/lane.ts";
import { pQueueSignal } from "../contestants/p-queue.ts";
import { rawSignal } from "../contestants/raw-signal.ts";
import { heapPerJob } from "../drivers/heap.ts";
import { makeOrders } from "../drivers/orders.ts";
import type { Case } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 100_000;

/** The same with an AbortController for each job, which most jobs of an agent have. */
export const heapSignalCase: Case = {
  name: "heap-signal",
  title:
    "heap per queued job that has its own signal, promise and signal included, and what is left after the drain",
  columns: ["bytes/queued job", "bytes/job left"],
  raw: rawSignal.name,
  process: "figure",
  maxRounds: 3,
  entries: [rawSignal, pQueueSignal, laneUnheard].map((contestant) => ({
    name: contestant.name,
    kind: contestant.kind,
    count: jobs,
    measure: (count) => {
      const orders = makeOrders(count, { callers: 1_000, priorities: 10 });
      return heapPerJob(contestant, concurrency, orders, { ownSignals: true });
    },
  })),
  targets: [
    { level: "must", ours: laneUnheard.name, atMost: 1_300 },
    { level: "must", ours: laneUnheard.name, atMost: 1, column: 1 },
  ],
};
