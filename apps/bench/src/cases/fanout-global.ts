import { asyncMapLimit } from "../contestants/grid-async.ts";
import { effectCells } from "../contestants/grid-effect.ts";
import { fanoutCells, fanoutHeard } from "../contestants/grid-fanout.ts";
import { pMapCells } from "../contestants/grid-p-map.ts";
import { pLimitCells, pQueueCells } from "../contestants/grid-queues.ts";
import { rawLoops } from "../contestants/grid-raw.ts";
import { gridEntry } from "../drivers/grid.ts";
import type { Case } from "../measure/case.ts";

const contestants = [
  rawLoops,
  asyncMapLimit,
  pMapCells,
  effectCells,
  pLimitCells,
  pQueueCells,
  fanoutCells,
  fanoutHeard,
];

/** What a cell costs under one cap. */
export const fanoutGlobalCase: Case = {
  name: "fanout-global",
  title: "1,000 x 100 trivial cells, 64 at a time",
  columns: ["ns/cell"],
  raw: rawLoops.name,
  process: "case",
  entries: contestants.map((contestant) => gridEntry(contestant, 100_000)),
  targets: [
    { level: "must", ours: fanoutCells.name, against: pMapCells.name, atMost: 0.6 },
    { level: "goal", ours: fanoutHeard.name, against: pMapCells.name, atMost: 0.6 },
  ],
};
