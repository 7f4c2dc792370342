import { laneOnSqlite } from "../contestants/durable-lane.ts";
import { rawSqlite } from "../contestants/raw-sqlite.ts";
import { lifeCycleColumns } from "../drivers/life-cycles.ts";
import type { Case } from "../measure/case.ts";
import { lifeCycleEntry } from "./life-cycle-entries.ts";

const jobs = 20_000;
const raw = lifeCycleEntry(rawSqlite("NORMAL"), jobs);
const ours = lifeCycleEntry(laneOnSqlite("process"), jobs);

/** What the killing of the process must not undo. */
export const durableProcessCase: Case = {
  name: "durable-process",
  title:
    "20,000 jobs of 100 bytes stored, run and stored as finished, 16 callers and slots, safe from a kill",
  columns: lifeCycleColumns,
  raw: raw.name,
  process: "case",
  entries: [raw, ours, lifeCycleEntry(laneOnSqlite("process"), jobs, 64)],
  targets: [{ level: "must", ours: ours.name, against: raw.name, atLeast: 0.6 }],
};
