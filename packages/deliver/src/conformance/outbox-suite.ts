import assert from "node:assert/strict";
import type { OutboxStore } from "../outbox/outbox-store.ts";
import { blobTests } from "./blob-tests.ts";
import { argumentTests } from "./outbox-arguments.ts";
import { claimTests } from "./outbox-claims.ts";
import { outboxContext, type OutboxTest, plainRow } from "./outbox-context.ts";
import { recordTests } from "./outbox-records.ts";
import type { ConformanceTest, Opened } from "./suite.ts";
import { suiteTest } from "./suite.ts";

/**
 * Registers a test for every promise in the contract of `OutboxStore`.
 *
 * Each test opens a store of its own with `create`, and closes it. The stores may share a database, if its tests run one
 * after the other: every name is used once.
 *
 * @example
 * ```ts
 * outboxStoreConformance(test, async () => ({ store: memoryOutboxStore(), close: async () => {} }));
 * ```
 */
export function outboxStoreConformance(
  test: ConformanceTest,
  create: () => Promise<Opened<OutboxStore>>,
): void {
  const storeTest = suiteTest(test, create);
  const outboxTest: OutboxTest = (title, run) => storeTest(title, (context) => run(outboxContext(context)));
  for (const register of [recordTests, claimTests, blobTests, argumentTests]) register(outboxTest);
  durabilityTests(outboxTest, create);
}

function durabilityTests(test: OutboxTest, create: () => Promise<Opened<OutboxStore>>): void {
  test("what a method resolved for outlives the store, or the store keeps nothing at all", async (context) => {
    const { opened, add, claim, end, store, unique } = context;
    const [queued, sending, ended] = [await add(), await add(), await add()];
    const claimant = await claim(sending);
    await end(ended, "unknown");
    const blob = unique("blob");
    await store.putBlob(blob, new Blob(["bytes"]).stream(), 5);
    const keys = [queued, sending, ended].map(({ key }) => key);
    const before = await Promise.all(keys.map((key) => context.row(key)));
    if (!opened.reopen) {
      await opened.close();
      const next = await create();
      const known = await next.store.getDelivery(queued.key);
      await next.close();
      assert.equal(
        known,
        undefined,
        "the next store knows the row: give `reopen`, so that the rest is checked too",
      );
      return;
    }
    const again = await opened.reopen();
    for (const [index, key] of keys.entries()) {
      const row = await again.getDelivery(key);
      assert.deepEqual(row && plainRow(row), before[index]);
    }
    assert.equal(await new Response(again.openBlob(blob)).text(), "bytes");
    assert.equal(await again.saveDelivery(sending.key, claimant, "r"), true);
  });
}
