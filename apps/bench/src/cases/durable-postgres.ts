import { bullmqOnPostgres } from "../contestants/bullmq.ts";
import { laneOnPostgres } from "../contestants/postgres-lane.ts";
import { rawPostgres } from "../contestants/raw-postgres.ts";
import { lifeCycleColumns } from "../drivers/life-cycles.ts";
import type { Case } from "../measure/case.ts";
import { postgres } from "../servers/postgres-server.ts";
import { lifeCycleEntry } from "./life-cycle-entries.ts";

const jobs = 3_000;
const raw = lifeCycleEntry(rawPostgres(postgres), jobs);
const ours = lifeCycleEntry(laneOnPostgres(postgres), jobs);

/** The same on a server, as it comes: each commit waits for the disk. */
export const durablePostgresCase: Case = {
  name: "durable-postgres",
  title: "3,000 jobs of 100 bytes stored, run and stored as finished on PostgreSQL; 16 callers and slots",
  columns: lifeCycleColumns,
  raw: raw.name,
  process: "case",
  entries: [
    raw,
    lifeCycleEntry(bullmqOnPostgres(postgres), 300),
    ours,
    lifeCycleEntry(laneOnPostgres(postgres), jobs, 64),
  ],
  targets: [{ level: "must", ours: ours.name, against: raw.name, atLeast: 1.5 }],
  close: postgres.stop,
};
