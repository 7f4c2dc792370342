import { effectNested, effectSemaphore } from "../contestants/grid-effect.ts";
import { fanoutByKey } from "../contestants/grid-fanout.ts";
import { pMapNested } from "../contestants/grid-p-map.ts";
import { pLimitTwice, pQueueTwice } from "../contestants/grid-queues.ts";
import { rawRing } from "../contestants/grid-raw.ts";
import { gridEntry } from "../drivers/grid.ts";
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

/** What a cell costs under two caps. */
export const fanoutPerKeyCase: Case = {
  name: "fanout-per-key",
  title: "1,000 x 100 trivial cells, 64 at a time and 4 in a column",
  columns: ["ns/cell"],
  raw: rawRing.name,
  process: "case",
  entries: contestants.map((contestant) => gridEntry(contestant, 100_000)),
  // The best of the nested peers is one of the two.
  targets: [pMapNested, effectNested].map(({ name }) => ({
    level: "must",
    ours: fanoutByKey.name,
    against: name,
    atMost: 0.8,
  })),
  notes: ["nested: 16 columns at a time, so that no slot of theirs is lent to another column"],
};
