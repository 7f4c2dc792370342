import assert from "node:assert/strict";
import type { OutboxTest } from "./outbox-context.ts";
import { ends } from "./outbox-context.ts";
import { longMs, until } from "./suite.ts";

export function recordTests(test: OutboxTest): void {
  test("recordDeliveries() writes rows that are queued, as they were given, and stamps them", async (context) => {
    const { store, newDelivery, row } = context;
    const content = JSON.stringify({ text: "« 🦊 »\n\\ ' \" %", long: "x".repeat(100_000) });
    const delivery = newDelivery({ content });
    assert.deepEqual(await store.recordDeliveries([delivery]), { recorded: true });
    const { sequence, recordedAt, ...rest } = await row(delivery.key);
    assert.deepEqual(rest, { ...delivery, state: "queued", attempts: 0 });
    assert.ok(Number.isInteger(sequence) && sequence >= 1, `sequence is ${sequence}`);
    assert.ok(Number.isInteger(recordedAt) && recordedAt > 0, `recordedAt is ${recordedAt}`);
  });

  test("recordDeliveries() again with the same digest leaves the row as it is", async (context) => {
    const { store, add, claim, newDelivery, row } = context;
    const delivery = await add();
    await claim(delivery);
    const before = await row(delivery.key);
    const other = newDelivery();
    assert.deepEqual(await store.recordDeliveries([{ ...delivery, content: "[]" }, other]), {
      recorded: true,
    });
    assert.deepEqual(await row(delivery.key), before);
    assert.equal((await row(other.key)).state, "queued");
  });

  test("recordDeliveries() names a key that has another digest, and writes nothing at all", async (context) => {
    const { store, add, newDelivery, row } = context;
    const delivery = await add();
    const before = await row(delivery.key);
    const [first, last] = [newDelivery(), newDelivery()];
    const answer = await store.recordDeliveries([first, { ...delivery, digest: "other" }, last]);
    assert.deepEqual(answer, { recorded: false, key: delivery.key });
    assert.deepEqual(await row(delivery.key), before);
    for (const { key } of [first, last]) assert.equal(await store.getDelivery(key), undefined);
  });

  test("recordDeliveries() by many at once writes each row once", async ({
    store,
    second,
    newDelivery,
    listed,
  }) => {
    const [delivery, other] = [newDelivery(), await second()];
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other).recordDeliveries([delivery])),
    );
    assert.deepEqual(await listed([delivery]), [delivery.key]);
  });

  test("getDelivery() of a key that is not there is undefined", async ({ store, unique }) => {
    assert.equal(await store.getDelivery(unique("key")), undefined);
  });

  test("listDeliveries() lists in the order of recording, behind a row and up to the limit", async (context) => {
    const { store, add, listed, row, newDelivery } = context;
    const some = [await add(), await add()];
    const batch = [newDelivery(), newDelivery(), newDelivery()];
    await store.recordDeliveries(batch);
    const all = [...some, ...batch];
    const keys = all.map(({ key }) => key);
    assert.deepEqual(await listed(all), keys);
    const { sequence: afterSequence } = await row(keys[1] as string);
    assert.deepEqual(await listed(all, { afterSequence }), keys.slice(2));
    const page = await store.listDeliveries({ afterSequence, limit: 2 });
    assert.deepEqual(
      page.map(({ key }) => key),
      keys.slice(2, 4),
    );
  });

  test("listDeliveries() lists by state and by message", async ({ store, add, end, listed, newDelivery }) => {
    const queued = newDelivery();
    const sibling = { ...newDelivery(), key: `${queued.messageKey}/1`, messageKey: queued.messageKey };
    await store.recordDeliveries([queued, sibling]);
    const failed = await add();
    await end(failed, "failed");
    await end(sibling, "delivered");
    const all = [queued, sibling, failed];
    assert.deepEqual(await listed(all, { states: ["queued"] }), [queued.key]);
    assert.deepEqual(await listed(all, { states: ["failed", "delivered"] }), [sibling.key, failed.key]);
    assert.deepEqual(await listed(all, { states: [] }), []);
    const { messageKey } = queued;
    assert.deepEqual(await listed(all, { messageKey }), [queued.key, sibling.key]);
    assert.deepEqual(await listed(all, { messageKey, states: ["delivered"] }), [sibling.key]);
  });

  test("listDeliveries() lists what ended long enough ago", async ({ add, end, claim, listed }) => {
    const [queued, sending, ended] = [await add(), await add(), await add()];
    await claim(sending);
    await end(ended, "failed");
    const all = [queued, sending, ended];
    assert.deepEqual(await listed(all, { endedForMs: 0 }), [ended.key]);
    assert.deepEqual(await listed(all, { endedForMs: longMs }), []);
    await until(async () => (await listed(all, { endedForMs: 1 })).length === 1, "a millisecond");
  });

  test("deleteDelivery() deletes what has ended, and nothing else", async ({
    store,
    add,
    end,
    claim,
    unique,
  }) => {
    const [queued, sending] = [await add(), await add()];
    await claim(sending);
    for (const { key } of [queued, sending]) {
      assert.equal(await store.deleteDelivery(key), false);
      assert.ok(await store.getDelivery(key), "it is gone");
    }
    for (const state of ends) {
      const ended = await add();
      await end(ended, state);
      assert.equal(await store.deleteDelivery(ended.key), true);
      assert.equal(await store.getDelivery(ended.key), undefined);
      assert.equal(await store.deleteDelivery(ended.key), false);
    }
    assert.equal(await store.deleteDelivery(unique("key")), false);
  });

  test("the sequence only grows, also past deleted rows", async ({ store, add, end, row }) => {
    const first = await add();
    const { sequence } = await row(first.key);
    await end(first, "delivered");
    await store.deleteDelivery(first.key);
    assert.ok((await row((await add()).key)).sequence > sequence);
  });
}
