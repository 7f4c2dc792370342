import assert from "node:assert/strict";
import type { DeliveryFilter, EndState, NewDelivery } from "../outbox/outbox-store.ts";
import type { OutboxTest } from "./outbox-context.ts";
import { assertRefused, badNames, longMs } from "./suite.ts";

const badTexts: readonly unknown[] = [7, null, undefined, "a\0b", "\ud83e"];
const badCounts: readonly unknown[] = [-1, 0.5, Number.NaN, "1", null];

export function argumentTests(test: OutboxTest): void {
  test("recordDeliveries() refuses a bad argument by its name and writes nothing", async (context) => {
    const { store, newDelivery } = context;
    const good = newDelivery();
    for (const name of ["key", "messageKey", "channel", "digest"] as const) {
      for (const bad of badNames) {
        const delivery = { ...newDelivery(), [name]: bad } as NewDelivery;
        await assertRefused(() => store.recordDeliveries([good, delivery]), name);
      }
    }
    for (const bad of badTexts) {
      const delivery = { ...newDelivery(), content: bad } as NewDelivery;
      await assertRefused(() => store.recordDeliveries([good, delivery]), "content");
    }
    await assertRefused(() => store.recordDeliveries(undefined as never), "deliveries");
    assert.equal(await store.getDelivery(good.key), undefined);
  });

  test("claimDelivery() refuses a bad argument by its name and changes nothing", async ({
    store,
    add,
    row,
  }) => {
    const { key, digest } = await add();
    const before = await row(key);
    for (const bad of badNames as string[]) {
      await assertRefused(() => store.claimDelivery(bad, digest, longMs, "c"), "key");
      await assertRefused(() => store.claimDelivery(key, bad, longMs, "c"), "digest");
      await assertRefused(() => store.claimDelivery(key, digest, longMs, bad), "claimant");
    }
    for (const bad of [0, undefined, ...badCounts] as number[]) {
      await assertRefused(() => store.claimDelivery(key, digest, bad, "c"), "leaseMs");
    }
    assert.deepEqual(await row(key), before);
  });

  test("saveDelivery() and settleDelivery() refuse a bad argument by its name and change nothing", async (context) => {
    const { store, add, claim, row } = context;
    const delivery = await add();
    const { key } = delivery;
    const claimant = await claim(delivery);
    const before = await row(key);
    const good = { key, claimant, state: "failed" as EndState, receipt: "r" };
    for (const bad of badNames as string[]) {
      await assertRefused(() => store.saveDelivery(bad, claimant, "r"), "key");
      await assertRefused(() => store.saveDelivery(key, bad, "r"), "claimant");
      await assertRefused(() => store.settleDelivery({ ...good, key: bad }), "key");
      await assertRefused(() => store.settleDelivery({ ...good, claimant: bad }), "claimant");
    }
    for (const bad of badTexts as string[]) {
      await assertRefused(() => store.saveDelivery(key, claimant, bad), "receipt");
      await assertRefused(() => store.settleDelivery({ ...good, receipt: bad }), "receipt");
    }
    for (const bad of ["sending", "sent", "constructor", 7, undefined] as unknown[] as EndState[]) {
      await assertRefused(() => store.settleDelivery({ ...good, state: bad }), "state");
    }
    for (const bad of [Infinity, ...badCounts] as number[]) {
      await assertRefused(
        () => store.settleDelivery({ ...good, state: "queued" as EndState, delayMs: bad }),
        "delayMs",
      );
    }
    assert.deepEqual(await row(key), before);
  });

  test("getDelivery(), requeueDelivery() and deleteDelivery() refuse a bad key by its name", async ({
    store,
  }) => {
    for (const bad of badNames as string[]) {
      for (const method of ["getDelivery", "requeueDelivery", "deleteDelivery"] as const) {
        await assertRefused(() => store[method](bad), "key");
      }
    }
  });

  test("listDeliveries() refuses a bad argument by its name", async ({ store }) => {
    const bads: Record<keyof DeliveryFilter, readonly unknown[]> = {
      states: ["queued", [7], ["sent"], null],
      messageKey: ["", 7, null, "a\0b"],
      due: [false, 1, null],
      endedForMs: badCounts,
      afterSequence: badCounts,
      limit: [0, ...badCounts],
    };
    for (const [name, values] of Object.entries(bads)) {
      for (const bad of values) {
        await assertRefused(() => store.listDeliveries({ [name]: bad } as DeliveryFilter), name);
      }
    }
  });

  test("keys are kept apart that differ in a letter's case, a space or a normal form", async (context) => {
    const { unique, add, listed } = context;
    const suffix = unique("key");
    const deliveries: NewDelivery[] = [];
    for (const start of ["é", "e\u0301", "É", "é ", " é", "é%", "é_", "é/0"]) {
      deliveries.push(await add({ key: `${start}${suffix}${start}` }));
    }
    assert.deepEqual(
      await listed(deliveries),
      deliveries.map(({ key }) => key),
    );
  });
}
