import { plainjob } from "../contestants/plainjob.ts";
import { rawSqlite } from "../contestants/raw-sqlite.ts";
import { laneOnSqlite } from "../contestants/stored-lane.ts";
import { lifeCycleColumns } from "../drivers/life-cycles.ts";
import type { Case, Target } from "../measure/case.ts";
import { lifeCycleEntry } from "./life-cycle-entries.ts";
import { redisContestants, redisNotes, stopRedis } from "./on-redis.ts";

const jobs = 20_000;
const raw = lifeCycleEntry(rawSqlite("NORMAL"), jobs);
const ours = lifeCycleEntry(laneOnSqlite("process"), jobs);
const onRedis = redisContestants.map((contestant) => lifeCycleEntry(contestant, 5_000));

/** What the killing of the process must not undo. */
export const durableProcessCase: Case = {
  name: "durable-process",
  title:
    "20,000 jobs of 100 bytes stored, run and stored as finished; 16 callers and slots; safe from a kill",
  columns: lifeCycleColumns,
  raw: raw.name,
  process: "case",
  entries: [
    raw,
    lifeCycleEntry(plainjob, 2_000),
    ...onRedis,
    ours,
    lifeCycleEntry(laneOnSqlite("process"), jobs, 64),
  ],
  targets: [
    { level: "must", ours: ours.name, against: raw.name, atLeast: 0.6 },
    ...onRedis.map(({ name }): Target => ({
      level: "must",
      ours: ours.name,
      against: name,
      atLeast: 5,
    })),
  ],
  notes: [
    ...redisNotes,
    "liteque is not measured: it needs better-sqlite3, whose programs the npm registry does not have",
  ],
  close: stopRedis,
};
