import { postgresStore } from "@executus/store-postgres";
import { laneOnPostgres } from "../contestants/postgres-lane.ts";
import { openSchema } from "../contestants/postgres-schema.ts";
import { lifeCycles } from "../drivers/life-cycles.ts";
import { outboxRate, storeRate } from "../drivers/outbox.ts";
import type { Case } from "../measure/case.ts";
import { postgres } from "../servers/postgres-server.ts";
import { concurrency } from "./concurrency.ts";

const count = 3_000;
const lane = laneOnPostgres(postgres);

type Rate = typeof outboxRate;

/** The rate of an outbox in a schema of its own. */
async function onPostgres(rate: Rate, messages: number): Promise<readonly [perSecond: number]> {
  const { pool, schema, close } = await openSchema(postgres, 16);
  const store = postgresStore({ pool, schema });
  try {
    await store.migrate();
    return await rate(store, messages);
  } finally {
    await store.close();
    await close();
  }
}

/** The same on a server, as it comes: each commit waits for the disk. */
export const outboxPostgresCase: Case = {
  name: "outbox-postgres",
  title:
    "3,000 messages of 100 characters to 16 destinations, enqueued and delivered on PostgreSQL, beside as many stored jobs",
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
      name: "the store's methods alone, PostgreSQL",
      kind: "ours",
      count,
      measure: (messages) => onPostgres(storeRate, messages),
    },
    {
      name: "outbox on PostgreSQL",
      kind: "ours",
      count,
      measure: (messages) => onPostgres(outboxRate, messages),
    },
  ],
  targets: [{ level: "must", ours: "outbox on PostgreSQL", against: lane.name, atLeast: 0.5 }],
  close: postgres.stop,
};
