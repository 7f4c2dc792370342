import { openRawSqlite } from "../contestants/raw-sqlite.ts";
import { openStoredLane } from "../contestants/stored-lane.ts";
import { trivialWork } from "../contestants/contestant.ts";
import { enqueueStall, enqueueStallColumns } from "../drivers/enqueue-stall.ts";
import type { Case, Entry } from "../measure/case.ts";

const jobs = 100_000;
const raw = rawEntry(64);
const ours = [64, 1_000].map(laneEntry);

/** Whether a process stays responsive while it is given much. */
export const durableEnqueueCase: Case = {
  name: "durable-enqueue",
  title: "100,000 jobs of 100 bytes stored and none started: how long the event loop stands",
  columns: enqueueStallColumns,
  raw: raw.name,
  process: "case",
  maxRounds: 3,
  entries: [raw, ...ours],
  targets: ours.map(({ name }) => ({ level: "must", ours: name, atMost: 15 })),
};

function nameOf(what: string, callers: number): string {
  return `${what}, ${callers.toLocaleString("en-US")} callers`;
}

function rawEntry(callers: number): Entry {
  return {
    name: nameOf("raw: node:sqlite NORMAL, group commit", callers),
    kind: "raw",
    count: jobs,
    measure: async (count) => {
      const { enqueue, close } = await openRawSqlite("NORMAL");
      try {
        return await enqueueStall(enqueue, count, callers);
      } finally {
        await close();
      }
    },
  };
}

function laneEntry(callers: number): Entry {
  return {
    name: nameOf("lane.submit", callers),
    kind: "ours",
    count: jobs,
    measure: async (count) => {
      const { lane, close } = await openStoredLane({ maxConcurrent: 0 });
      try {
        return await enqueueStall(
          async (order) => {
            const { result } = await lane.submit({ ...order, run: trivialWork });
            // All of them are left in the database, which is removed.
            result.catch(() => {});
          },
          count,
          callers,
        );
      } finally {
        await close();
      }
    },
  };
}
