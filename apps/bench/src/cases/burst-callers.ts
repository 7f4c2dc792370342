import { laneUnheard } from "../contestants/lane.ts";
import { rawFifo } from "../contestants/raw-fifo.ts";
import { rawRoundRobin } from "../contestants/raw-round-robin.ts";
import type { Case } from "../measure/case.ts";
import { burstEntries } from "./burst-entries.ts";

/** Many callers without priorities: no peer here shares between callers, so there is only the raw limit. */
export const burstCallersCase: Case = {
  name: "burst-callers",
  title: "200,000 trivial jobs at concurrency 16, 1,000 callers, one priority",
  columns: ["ns/job"],
  raw: rawRoundRobin.name,
  process: "case",
  entries: burstEntries({ callers: 1_000 }, [rawFifo, rawRoundRobin, laneUnheard]),
  targets: [],
};
