import { laneOnSqlite } from "../contestants/stored-lane.ts";
import { rawSqlite } from "../contestants/raw-sqlite.ts";
import { lifeCycleColumns } from "../drivers/life-cycles.ts";
import type { Case } from "../measure/case.ts";
import { lifeCycleEntry } from "./life-cycle-entries.ts";

const jobs = 5_000;
const raw = lifeCycleEntry(rawSqlite("FULL"), jobs);
const ours = lifeCycleEntry(laneOnSqlite("power"), jobs);

/** What a power cut must not undo: every transaction waits for the disk. */
export const durablePowerCase: Case = {
  name: "durable-power",
  title:
    "5,000 jobs of 100 bytes stored, run and stored as finished, 16 callers and slots, safe from a power cut",
  columns: lifeCycleColumns,
  raw: raw.name,
  process: "case",
  entries: [raw, ours, lifeCycleEntry(laneOnSqlite("power"), jobs, 64)],
  targets: [{ level: "must", ours: ours.name, against: raw.name, atLeast: 0.6 }],
};
