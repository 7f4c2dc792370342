import { laneUnheard } from "../contestants/lane.ts";
import { pQueueSignal } from "../contestants/p-queue.ts";
import { rawSharedSignal } from "../contestants/raw-shared-signal.ts";
import { makeOrders } from "../drivers/orders.ts";
import { sharedSignal } from "../drivers/shared-signal.ts";
import type { Case } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";

const jobs = 100_000;

/** A shutdown signal that everything follows. A listener for each job would make this quadratic. */
export const sharedSignalCase: Case = {
  name: "shared-signal",
  title: "100,000 jobs on one AbortSignal: run, and cancelled while all wait",
  columns: ["ns/job run", "ns/job cancelled"],
  raw: rawSharedSignal.name,
  process: "case",
  maxRounds: 3,
  entries: [rawSharedSignal, pQueueSignal, laneUnheard].map((contestant) => ({
    name: contestant.name,
    kind: contestant.kind,
    count: jobs,
    measure: (count) =>
      sharedSignal(contestant, concurrency, makeOrders(count, { callers: 1_000, priorities: 10 })),
  })),
  targets: [0, 1].map((column) => ({
    level: "goal",
    ours: laneUnheard.name,
    against: pQueueSignal.name,
    atMost: 1,
    column,
  })),
};
