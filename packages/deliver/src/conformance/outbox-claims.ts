import assert from "node:assert/strict";
import type { OutboxTest } from "./outbox-context.ts";
import { ends, plainRow } from "./outbox-context.ts";
import { longMs, shortMs, until } from "./suite.ts";

export function claimTests(test: OutboxTest): void {
  test("claimDelivery() gives a queued row to one, counts the attempt, and is busy for the others", async (context) => {
    const { store, second, add, row, unique } = context;
    const [{ key, digest }, other] = [await add(), await second()];
    const answer = await store.claimDelivery(key, digest, longMs, unique("claimant"));
    assert.equal(answer.claim, "new");
    const stored = await row(key);
    assert.deepEqual([stored.state, stored.attempts], ["sending", 1]);
    assert.deepEqual("row" in answer && plainRow(answer.row), stored);
    assert.deepEqual(await other.claimDelivery(key, digest, longMs, unique("claimant")), { claim: "busy" });
    assert.deepEqual(await row(key), stored);
  });

  test("claimDelivery() gives a row to one of many who claim it at once", async ({
    store,
    second,
    add,
    unique,
  }) => {
    const [{ key, digest }, other] = [await add(), await second()];
    const claims = Array.from({ length: 8 }, (_, index) => {
      return (index % 2 === 0 ? store : other).claimDelivery(key, digest, longMs, unique("claimant"));
    });
    const answers = (await Promise.all(claims)).map(({ claim }) => claim);
    assert.deepEqual(answers.sort(), [...Array.from({ length: 7 }, () => "busy"), "new"]);
  });

  test("claimDelivery() by the same claimant again is the first call over again", async ({
    store,
    add,
    row,
    unique,
  }) => {
    const [{ key, digest }, claimant] = [await add(), unique("claimant")];
    const claim = () => store.claimDelivery(key, digest, shortMs, claimant);
    assert.equal((await claim()).claim, "new");
    assert.equal((await claim()).claim, "new");
    assert.equal((await row(key)).attempts, 1);
    const heir = unique("claimant");
    const inherit = () => store.claimDelivery(key, digest, longMs, heir);
    await until(async () => (await inherit()).claim === "lapsed", "a lapse");
    assert.equal((await inherit()).claim, "lapsed");
    assert.equal((await row(key)).attempts, 2);
  });

  test("claimDelivery() gives a row whose lease is over to another one as lapsed", async (context) => {
    const { store, second, add, claim, row, unique } = context;
    const [delivery, other] = [await add(), await second()];
    const first = await claim(delivery, shortMs);
    await store.saveDelivery(delivery.key, first, "so far");
    const heir = unique("claimant");
    await until(async () => {
      const answer = await other.claimDelivery(delivery.key, delivery.digest, longMs, heir);
      if ("row" in answer) assert.deepEqual([answer.claim, answer.row.receipt], ["lapsed", "so far"]);
      return answer.claim === "lapsed";
    }, "a lapse");
    const third = await store.claimDelivery(delivery.key, delivery.digest, longMs, unique("claimant"));
    assert.deepEqual(third, { claim: "busy" });
    assert.equal((await row(delivery.key)).attempts, 2);
  });

  test("claimDelivery() says conflict for another digest and for a key that is not there", async (context) => {
    const { store, add, row, unique } = context;
    const { key, digest } = await add();
    assert.deepEqual(await store.claimDelivery(key, "other", longMs, unique("claimant")), {
      claim: "conflict",
    });
    const missing = await store.claimDelivery(unique("key"), digest, longMs, unique("claimant"));
    assert.deepEqual(missing, { claim: "conflict" });
    assert.equal((await row(key)).state, "queued");
  });

  test("claimDelivery() says ended for a row that has ended", async ({ store, add, end, row, unique }) => {
    for (const state of ends) {
      const delivery = await add();
      await end(delivery, state);
      const before = await row(delivery.key);
      const answer = await store.claimDelivery(delivery.key, delivery.digest, longMs, unique("claimant"));
      assert.deepEqual(answer, { claim: "ended" });
      assert.deepEqual(await row(delivery.key), before);
    }
  });

  test("saveDelivery() keeps the receipt as long as the claimant has the row", async ({
    store,
    add,
    claim,
    row,
    unique,
  }) => {
    const delivery = await add();
    const { key } = delivery;
    assert.equal(await store.saveDelivery(key, unique("claimant"), "early"), false);
    const claimant = await claim(delivery);
    assert.equal(await store.saveDelivery(key, claimant, "« 🦊 »"), true);
    assert.equal(await store.saveDelivery(key, unique("claimant"), "stranger"), false);
    assert.deepEqual([(await row(key)).receipt, (await row(key)).state], ["« 🦊 »", "sending"]);
    await store.settleDelivery({ key, claimant, state: "failed", receipt: "end" });
    assert.equal(await store.saveDelivery(key, claimant, "late"), false);
    assert.equal((await row(key)).receipt, "end");
    assert.equal(await store.saveDelivery(unique("key"), claimant, "r"), false);
  });

  test("settleDelivery() ends a row and stamps it", async ({ store, add, claim, row }) => {
    for (const state of ends) {
      const delivery = await add();
      const claimant = await claim(delivery);
      assert.equal(await store.settleDelivery({ key: delivery.key, claimant, state, receipt: "r" }), true);
      const { endedAt = 0, dueAt, ...rest } = await row(delivery.key);
      assert.deepEqual([rest.state, rest.receipt, rest.attempts, dueAt], [state, "r", 1, undefined]);
      assert.ok(endedAt >= rest.recordedAt, `endedAt is ${endedAt}`);
    }
  });

  test("settleDelivery() again with the same settlement is the first call over again", async ({
    store,
    add,
    claim,
    row,
  }) => {
    const delivery = await add();
    const claimant = await claim(delivery);
    const settlement = { key: delivery.key, claimant, state: "failed", receipt: "r" } as const;
    await store.settleDelivery(settlement);
    const before = await row(delivery.key);
    assert.equal(await store.settleDelivery(settlement), true);
    assert.equal(await store.settleDelivery({ ...settlement, state: "delivered", receipt: "x" }), false);
    assert.deepEqual(await row(delivery.key), before);
  });

  test("settleDelivery() by a claimant that has lost the row changes nothing", async (context) => {
    const { store, add, claim, row, unique } = context;
    const delivery = await add();
    const { key, digest } = delivery;
    const late = await claim(delivery, shortMs);
    const heir = unique("claimant");
    await until(
      async () => (await store.claimDelivery(key, digest, longMs, heir)).claim === "lapsed",
      "a lapse",
    );
    for (const state of ["delivered", "queued"] as const) {
      assert.equal(await store.settleDelivery({ key, claimant: late, state, receipt: "late" }), false);
    }
    assert.equal(await store.saveDelivery(key, late, "late"), false);
    assert.equal((await row(key)).state, "sending");
    assert.equal(await store.settleDelivery({ key, claimant: heir, state: "delivered", receipt: "r" }), true);
    assert.equal(
      await store.settleDelivery({ key: unique("key"), claimant: heir, state: "failed", receipt: "r" }),
      false,
    );
  });

  test("settleDelivery() back to the queue makes the row due after the delay", async ({
    store,
    add,
    claim,
    row,
    listed,
  }) => {
    const [soon, later] = [await add(), await add()];
    for (const [delivery, delayMs] of [
      [soon, 1],
      [later, longMs],
    ] as const) {
      const claimant = await claim(delivery);
      const settlement = { key: delivery.key, claimant, state: "queued", receipt: "r", delayMs } as const;
      assert.equal(await store.settleDelivery(settlement), true);
    }
    await until(async () => (await listed([soon], { due: true })).length === 1, "the end of a delay");
    assert.deepEqual(await listed([later], { due: true }), []);
    const { state, attempts, receipt, dueAt = 0, recordedAt, endedAt } = await row(later.key);
    assert.deepEqual([state, attempts, receipt, endedAt], ["queued", 1, "r", undefined]);
    assert.ok(dueAt - recordedAt >= longMs - 1_000, `dueAt is ${dueAt}`);
    await claim(later);
    assert.equal((await row(later.key)).attempts, 2);
  });

  test("listDeliveries() lists what is due: queued, or sending with a lease that is over", async (context) => {
    const { add, claim, end, listed } = context;
    const [queued, sending, lapsed, ended] = [await add(), await add(), await add(), await add()];
    await claim(sending);
    await claim(lapsed, shortMs);
    await end(ended, "failed");
    const all = [queued, sending, lapsed, ended];
    await until(async () => (await listed([lapsed], { due: true })).length === 1, "a lapse");
    assert.deepEqual(await listed(all, { due: true }), [queued.key, lapsed.key]);
  });

  test("requeueDelivery() queues again what ended otherwise than delivered, with no attempts", async (context) => {
    const { store, add, claim, end, row, listed, unique } = context;
    for (const state of ends) {
      const delivery = await add();
      await end(delivery, state);
      const before = await row(delivery.key);
      assert.equal(await store.requeueDelivery(delivery.key), state !== "delivered", state);
      if (state === "delivered") {
        assert.deepEqual(await row(delivery.key), before);
        continue;
      }
      const { endedAt, ...rest } = await row(delivery.key);
      assert.deepEqual([rest.state, rest.attempts, rest.receipt, endedAt], ["queued", 0, "r", undefined]);
      assert.deepEqual(await listed([delivery], { due: true }), [delivery.key]);
      await claim(delivery);
    }
    const [queued, sending] = [await add(), await add()];
    await claim(sending);
    for (const key of [queued.key, sending.key, unique("key")]) {
      assert.equal(await store.requeueDelivery(key), false);
    }
  });

  test("settleDelivery() after a person queued the row again changes nothing", async ({
    store,
    add,
    claim,
    row,
  }) => {
    const delivery = await add();
    const { key } = delivery;
    const claimant = await claim(delivery);
    const settlement = { key, claimant, state: "failed", receipt: "r" } as const;
    await store.settleDelivery(settlement);
    await store.requeueDelivery(key);
    assert.equal(await store.settleDelivery(settlement), false);
    assert.equal(await store.settleDelivery({ ...settlement, state: "queued" }), false);
    assert.equal((await row(key)).state, "queued");
  });
}
