import { effectNested, effectSemaphore } from "../contestants/grid-effect.ts";
import { fanoutByKey } from "../contestants/grid-fanout.ts";
import { pMapNested } from "../contestants/grid-p-map.ts";
import { pLimitTwice, pQueueTwice } from "../contestants/grid-queues.ts";
import { rawRing } from "../contestants/grid-raw.ts";
import { makespanEntry } from "../drivers/makespan.ts";
import type { Case } from "../measure/case.ts";

const contestants = [
  rawRing,
  pMapNested,
  effectNested,
  effectSemaphore,
  pLimitTwice,
  pQueueTwice,
  fanoutByKey,
];

/** How well slots are used. Time is virtual, so that one round is enough. */
export const fanoutMakespanCase: Case = {
  name: "fanout-makespan",
  title:
    "300 x 100 cells, 64 at a time and 4 in a column, one column 6.6 x as slow: time until all is done, as a multiple of the least possible",
  columns: ["slow first", "slow last"],
  raw: rawRing.name,
  process: "case",
  maxRounds: 1,
  entries: contestants.map((contestant) => makespanEntry(contestant, 30_000)),
  targets: [
    { level: "must", ours: fanoutByKey.name, atMost: 1.06 },
    { level: "must", ours: fanoutByKey.name, atMost: 1.06, column: 1 },
  ],
};
