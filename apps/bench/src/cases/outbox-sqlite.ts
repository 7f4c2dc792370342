import { join } from "node:path";
import { memoryOutboxStore } from "@executus/deliver/outbox";
import { openSqliteStore } from "@executus/store-sqlite";
import { laneOnSqlite } from "../contestants/stored-lane.ts";
import { outboxRate, storeRate } from "../drivers/outbox.ts";
import { lifeCycles } from "../drivers/life-cycles.ts";
import type { Case } from "../measure/case.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import { concurrency } from "./concurrency.ts";

const count = 10_000;
const lane = laneOnSqlite("process");

type Rate = typeof outboxRate;

/** The rate of an outbox on a file of its own. */
async function onSqlite(rate: Rate, messages: number): Promise<readonly [perSecond: number]> {
  const folder = await makeTemporaryFolder();
  const store = await openSqliteStore({ file: join(folder, "outbox.db") });
  try {
    return await rate(store, messages);
  } finally {
    await store.close();
    await removeTemporaryFolder(folder);
  }
}

/** What a recorded delivery costs beside a stored job: both are written, taken and ended. */
export const outboxSqliteCase: Case = {
  name: "outbox-sqlite",
  title:
    "10,000 messages of 100 characters to 16 destinations, enqueued and delivered, beside as many stored jobs",
  columns: ["life-cycles/s"],
  raw: lane.name,
  process: "case",
  entries: [
    {
      name: lane.name,
      kind: "ours",
      count,
      measure: async (jobs) => {
        const [perSecond] = await lifeCycles(lane, { concurrency, callers: 16 }, jobs);
        return [perSecond];
      },
    },
    {
      name: "the store's methods alone, SQLite",
      kind: "ours",
      count,
      measure: (messages) => onSqlite(storeRate, messages),
    },
    {
      name: "outbox on SQLite",
      kind: "ours",
      count,
      measure: (messages) => onSqlite(outboxRate, messages),
    },
    {
      name: "outbox in memory",
      kind: "ours",
      count,
      measure: (messages) => outboxRate(memoryOutboxStore(), messages),
    },
  ],
  targets: [{ level: "must", ours: "outbox on SQLite", against: lane.name, atLeast: 0.5 }],
};
