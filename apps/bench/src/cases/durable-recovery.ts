import { recoverByHand } from "../contestants/raw-recovery.ts";
import { queuedRows } from "../contestants/stored-rows.ts";
import { recoverLane, recoveryColumns } from "../drivers/recovery.ts";
import type { Case, Entry } from "../measure/case.ts";

const jobs = 100_000;
const raw: Entry = {
  name: "raw: node:sqlite NORMAL, 500 rows a turn",
  kind: "raw",
  count: jobs,
  measure: recoverByHand,
};
const ours: Entry = { name: "lane.recover()", kind: "ours", count: jobs, measure: recoverLane };

/** How long a new process needs until it has what another one left. */
export const durableRecoveryCase: Case = {
  name: "durable-recovery",
  title: "100,000 queued jobs of a process that has let go, taken over from SQLite into a new lane",
  columns: recoveryColumns,
  raw: raw.name,
  process: "case",
  maxRounds: 3,
  entries: [raw, ours],
  targets: [
    { level: "must", ours: ours.name, atMost: 1_500 },
    { level: "must", ours: ours.name, atMost: 50, column: 1 },
  ],
  close: queuedRows.remove,
};
