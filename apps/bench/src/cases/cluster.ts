import type { DurableContestant } from "../contestants/durable-contestant.ts";
import { bullmqOnRedis } from "../contestants/bullmq.ts";
import { laneOnRedis } from "../contestants/redis-lane.ts";
import { backlog, backlogColumns } from "../drivers/backlog.ts";
import { cluster, clusterColumns } from "../drivers/cluster.ts";
import { lifeCycleColumns } from "../drivers/life-cycles.ts";
import type { Case, Entry } from "../measure/case.ts";
import { redis } from "../servers/redis-server.ts";
import type { SharedServer } from "../servers/shared-server.ts";
import { concurrency } from "./concurrency.ts";
import { lifeCycleEntry } from "./life-cycle-entries.ts";
import { redisNotes, stopRedis } from "./on-redis.ts";

const both: readonly DurableContestant[] = redis ? [bullmqOnRedis(redis), laneOnRedis(redis)] : [];
/** Enough that what comes together shares round trips, as in a service. */
const callers = 200;
const notes = [
  ...redisNotes,
  "BullMQ alone: no callers, no cap over processes, no order but that of arrival",
];

/** What fairness, positions and the cap cost beside BullMQ alone. */
export const clusterCase: Case = {
  name: "cluster",
  title: `jobs through Redis, ${callers} at a time and 16 slots, in one process`,
  columns: lifeCycleColumns,
  process: "case",
  entries: both.map((contestant) => lifeCycleEntry(contestant, 20_000, callers)),
  targets: targetsOf(both.map(({ name }) => `${name}, ${callers} callers`)),
  notes,
  close: stopRedis,
};

/** The same, all at once. */
export const clusterBacklogCase: Case = {
  name: "cluster-backlog",
  title: "20,000 jobs submitted to Redis at once and run by 16 slots, in one process",
  columns: backlogColumns,
  process: "case",
  entries: both.map((contestant): Entry => {
    const { name, kind } = contestant;
    return { name, kind, count: 20_000, measure: (count) => backlog(contestant, concurrency, count) };
  }),
  targets: targetsOf(both.map(({ name }) => name)),
  notes,
  close: stopRedis,
};

/** What more processes bring: their slots, as long as the machine has cores for them. */
export const clusterScalingCase: Case = {
  name: "cluster-scaling",
  title: "jobs of 5 ms through Redis, 8 slots a process",
  columns: clusterColumns,
  process: "case",
  maxRounds: 3,
  entries: (redis ? [redis] : []).flatMap((server) =>
    [1, 2, 4].map((processes) => scalingEntry(server, processes)),
  ),
  targets: [],
  notes: redisNotes,
  close: stopRedis,
};

function scalingEntry(server: SharedServer, processes: number): Entry {
  const name = processes === 1 ? "1 process" : `${processes} processes`;
  return { name, kind: "ours", count: 2_000, measure: (count) => cluster(server, processes, count) };
}

function targetsOf([against, ours]: readonly string[]): Case["targets"] {
  return ours === undefined ? [] : [{ level: "goal", ours, against, atLeast: 0.85 }];
}
