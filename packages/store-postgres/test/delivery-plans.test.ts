import type { Pool } from "pg";
import { expect, test } from "vitest";
import { newDelivery, type Opened, openStore, useServer } from "./open-store.ts";
import { explained, listenForPlans, wasteOf } from "./plans.ts";

const { url } = useServer();
const hourMs = 3_600_000;

/** Every operation once, with a page of five. */
async function operate({ store }: Opened, round: string): Promise<void> {
  const key = `key-${round}`;
  const delivery = newDelivery({ key, messageKey: round });
  for (const digest of ["d", "d", "other"]) await store.recordDeliveries([{ ...delivery, digest }]);
  for (const claimant of ["one", "two", "one"]) await store.claimDelivery(key, "d", hourMs, claimant);
  await store.saveDelivery(key, "one", "{}");
  const settlement = { key, claimant: "one", receipt: "{}" };
  await store.settleDelivery({ ...settlement, state: "queued", delayMs: hourMs });
  await store.claimDelivery(key, "d", hourMs, "one");
  for (const state of ["failed", "failed", "delivered"] as const)
    await store.settleDelivery({ ...settlement, state });
  await store.getDelivery(key);
  const page = { limit: 5 };
  for (const filter of [{}, { messageKey: "message" }, { messageKey: round }]) {
    await store.listDeliveries({ ...filter, ...page });
    await store.listDeliveries({ ...filter, ...page, afterSequence: 150, states: ["queued", "failed"] });
    await store.listDeliveries({ ...filter, ...page, due: true });
    await store.listDeliveries({ ...filter, ...page, endedForMs: 0 });
  }
  await store.listDeliveries({ ...page, endedForMs: hourMs });
  await store.requeueDelivery(key);
  await store.deleteDelivery(key);

  for (const leaseMs of [1, hourMs]) await store.claimPart(key, "d", leaseMs);
  await store.settlePart(key, { index: 0, status: "failed", attempts: 1 });
  await store.releasePart(key);
  await store.purgeParts({ olderThanMs: hourMs, limit: 5 });
  await store.purgeParts({ olderThanMs: 0, limit: 5 });

  for (const bytes of ["a".repeat(140_000), "b"])
    await store.putBlob(key, new Blob([bytes]).stream(), Infinity);
  await new Response(store.openBlob(key)).text();
  await store.deleteBlob(key);
}

/** Fills the tables: most deliveries have ended, some wait until later, few are due; of one message, of many. */
async function fill(pool: Pool, schema: string, count: number): Promise<void> {
  await pool.query(`set client_min_messages = warning; set search_path = ${schema};
    insert into deliveries (key, message_key, channel, digest, content, state, claimant, ready_at, ended_at)
      select 'fill-${count}-' || i, case when i % 5000 = 0 then 'message' else 'fill-${count}-' || i end, 'chat', 'd', '{}',
        case when i % 10 > 0 then 'delivered' when i % 20 = 0 then 'queued' else 'sending' end, 'one',
        case when i % 1000 > 0 and i % 10 = 0 then clock_timestamp() + interval '1 hour' else '-infinity' end,
        case when i % 10 > 0 then clock_timestamp() end
      from generate_series(1, ${count}) as i;
    insert into parts (key, digest, lease_ends_at, part, is_sent)
      select 'fill-${count}-' || i, 'd', clock_timestamp(), '{}', true from generate_series(1, ${count}) as i;
    with filled as (
      insert into blobs (blob, key, size) select gen_random_uuid(), decode(md5('${count}-' || i), 'hex'), 1
      from generate_series(1, ${count}) as i returning blob
    )
    insert into blob_chunks (blob, number, bytes) select blob, 0, 'x' from filled;
    set client_min_messages = log; reset search_path`);
}

test("no operation of an outbox costs more with 50,000 deliveries, parts and files there, whatever the server knew when it made its plans", async () => {
  for (const count of [1, 40]) {
    const opened = openStore(url(), explained);
    const { store, pool, schema } = opened;
    const plans = listenForPlans(pool);
    await store.migrate();
    const tables = ["deliveries", "parts", "blobs", "blob_chunks"];
    const analyze = `analyze ${tables.map((table) => `${schema}.${table}`).join(", ")}`;
    // Ten times each, on one connection, with tables that are small and known to be: now the server keeps its plans.
    await fill(pool, schema, count);
    await pool.query(analyze);
    for (let round = 0; round < 10; round += 1) await operate(opened, `small-${round}`);
    await fill(pool, schema, 50_000);
    for (const known of [`${count} rows`, "all rows"]) {
      plans.length = 0;
      await operate(opened, known);
      const ofOutbox = plans.filter((plan) => /on (deliveries|parts|blobs|blob_chunks)/.test(plan));
      expect(ofOutbox.length).toBeGreaterThan(50);
      expect({ known, waste: ofOutbox.flatMap((plan) => wasteOf(plan)) }).toEqual({ known, waste: [] });
      await pool.query(analyze);
    }
    const indexes = [
      "deliveries_pkey",
      "deliveries_state",
      "deliveries_message",
      "deliveries_ended",
      "parts_pkey",
      "parts_used",
      "blobs_pkey",
      "blobs_key",
      "blobs_loose",
      "blob_chunks_pkey",
    ];
    const isUsed = (index: string): boolean =>
      plans.some((plan) => new RegExp(` (using|on) ${index} `).test(plan));
    expect(indexes.filter((index) => !isUsed(index))).toEqual([]);
  }
});
