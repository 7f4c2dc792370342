import { asyncEachLimit } from "../contestants/grid-async.ts";
import { effectStream } from "../contestants/grid-effect.ts";
import { fanoutStreamed, fanoutStreamedByKey } from "../contestants/grid-fanout.ts";
import { pMapStream } from "../contestants/grid-p-map.ts";
import { pLimitStream } from "../contestants/grid-queues.ts";
import { rawStream } from "../contestants/grid-raw.ts";
import { streamEntry } from "../drivers/grid-stream.ts";
import type { Case, Target } from "../measure/case.ts";

const contestants = [
  rawStream,
  asyncEachLimit,
  pMapStream,
  effectStream,
  pLimitStream,
  fanoutStreamed,
  fanoutStreamedByKey,
];

/** More cells than should be held at a time. */
export const fanoutStreamCase: Case = {
  name: "fanout-stream",
  title: "a million trivial cells streamed, 64 at a time",
  columns: ["ns/cell", "MiB live", "MiB grown"],
  raw: rawStream.name,
  process: "figure",
  maxRounds: 3,
  entries: contestants.map((contestant) => streamEntry(contestant, 1_000_000)),
  targets: [fanoutStreamed, fanoutStreamedByKey].flatMap(({ name: ours }): Target[] => [
    // Nobody else has a stream with a cap per key.
    { level: ours === fanoutStreamed.name ? "must" : "goal", ours, against: pMapStream.name, atMost: 1 },
    { level: "must", ours, atMost: 1, column: 1 },
    { level: "must", ours, atMost: 25, column: 2 },
  ]),
};
