import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { plainjob } from "../contestants/plainjob.ts";
import { rawSqlite } from "../contestants/raw-sqlite.ts";
import { laneOnSqlite } from "../contestants/stored-lane.ts";
import { idleStart, idleStartColumns } from "../drivers/idle-start.ts";
import type { Case, Entry } from "../measure/case.ts";
import { concurrency } from "./concurrency.ts";
import { redisContestants, redisNotes, stopRedis } from "./on-redis.ts";

const jobs = 300;
const raw = idleEntry(rawSqlite("NORMAL"));
const ours = idleEntry(laneOnSqlite("process"));

/** How soon a stored job starts when nothing is in its way. */
export const durableIdleCase: Case = {
  name: "durable-idle",
  title: "idle queue: one stored job every 2 ms, from the call to its first instruction",
  columns: idleStartColumns,
  raw: raw.name,
  process: "case",
  entries: [
    raw,
    idleEntry(rawSqlite("FULL"), 100),
    idleEntry(plainjob, 100),
    ...redisContestants.map((each) => idleEntry(each, 100)),
    ours,
    idleEntry(laneOnSqlite("power"), 100),
  ],
  targets: [
    { level: "must", ours: ours.name, against: raw.name, atMost: 5 },
    { level: "must", ours: ours.name, atMost: 1_000, column: 1 },
  ],
  notes: redisNotes,
  close: stopRedis,
};

function idleEntry(contestant: DurableContestant, count: number = jobs): Entry {
  const { name, kind, note } = contestant;
  return { name, kind, note, count, measure: (orders) => idleStart(contestant, concurrency, orders) };
}
