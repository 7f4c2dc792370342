import assert from "node:assert/strict";
import type { ReceiptPart } from "../receipt.ts";
import type { DedupeStore, PartClaim } from "../send/dedupe-store.ts";
import type { ConformanceTest, Opened } from "./suite.ts";
import { assertRefused, badNames, longMs, shortMs, suiteTest, until } from "./suite.ts";

const sent: ReceiptPart = {
  index: 2,
  status: "sent",
  attempts: 1,
  remoteId: "7",
  url: "https://chat.test/7",
};
const unknown: ReceiptPart = {
  index: 2,
  status: "unknown",
  attempts: 3,
  error: "lost «🦊»\n",
  retryable: true,
};
const isNew: PartClaim = { claim: "new" };

/**
 * Registers a test for every promise in the contract of `DedupeStore`. Each opens a store of its own with `create`, and closes it.
 *
 * @example
 * ```ts
 * dedupeStoreConformance(test, async () => ({ store: memoryDedupeStore(), close: async () => {} }));
 * ```
 */
export function dedupeStoreConformance(
  test: ConformanceTest,
  create: () => Promise<Opened<DedupeStore>>,
): void {
  const storeTest = suiteTest(test, create);

  storeTest(
    "claimPart() gives a new key to the first, and is busy for the others",
    async ({ store, second, unique }) => {
      const [key, other] = [unique("key"), await second()];
      assert.deepEqual(await store.claimPart(key, "d", longMs), isNew);
      assert.deepEqual(await other.claimPart(key, "d", longMs), { claim: "busy" });
      assert.deepEqual(await store.claimPart(unique("key"), "d", longMs), isNew);
    },
  );

  storeTest(
    "claimPart() gives one key to one of many who claim it at once",
    async ({ store, second, unique }) => {
      const [key, other] = [unique("key"), await second()];
      const claims = Array.from({ length: 8 }, (_, index) => {
        return (index % 2 === 0 ? store : other).claimPart(key, "d", longMs);
      });
      const answers = (await Promise.all(claims)).map(({ claim }) => claim);
      assert.deepEqual(answers.sort(), [...Array.from({ length: 7 }, () => "busy"), "new"]);
    },
  );

  storeTest("claimPart() gives a key whose lease is over to one as lapsed", async ({ store, unique }) => {
    const key = unique("key");
    await store.claimPart(key, "d", shortMs);
    await until(async () => (await store.claimPart(key, "d", longMs)).claim === "lapsed", "a lapse");
    assert.deepEqual(await store.claimPart(key, "d", longMs), { claim: "busy" });
  });

  storeTest(
    "claimPart() says conflict for another digest, also when it was settled",
    async ({ store, unique }) => {
      const key = unique("key");
      await store.claimPart(key, "d", longMs);
      assert.deepEqual(await store.claimPart(key, "e", longMs), { claim: "conflict" });
      await store.settlePart(key, sent);
      assert.deepEqual(await store.claimPart(key, "e", longMs), { claim: "conflict" });
    },
  );

  storeTest("claimPart() says how the part ended, as it was settled", async ({ store, second, unique }) => {
    const [one, two, other] = [unique("key"), unique("key"), await second()];
    for (const key of [one, two]) await store.claimPart(key, "d", longMs);
    await store.settlePart(one, sent);
    await store.settlePart(two, unknown);
    assert.deepEqual(await other.claimPart(one, "d", longMs), { claim: "done", part: sent });
    assert.deepEqual(await other.claimPart(two, "d", longMs), { claim: "done", part: unknown });
  });

  storeTest("settlePart() replaces everything but what was sent", async ({ store, unique }) => {
    const key = unique("key");
    await store.claimPart(key, "d", longMs);
    await store.settlePart(key, unknown);
    await store.settlePart(key, sent);
    await store.settlePart(key, unknown);
    assert.deepEqual(await store.claimPart(key, "d", longMs), { claim: "done", part: sent });
  });

  storeTest("settlePart() of a key that nobody claimed does nothing", async ({ store, unique }) => {
    const key = unique("key");
    await store.settlePart(key, sent);
    assert.deepEqual(await store.claimPart(key, "d", longMs), isNew);
  });

  storeTest(
    "releasePart() frees a claim and what is settled otherwise than sent",
    async ({ store, unique }) => {
      const key = unique("key");
      await store.releasePart(key);
      await store.claimPart(key, "d", longMs);
      await store.releasePart(key);
      assert.deepEqual(await store.claimPart(key, "other", longMs), isNew);
      await store.settlePart(key, unknown);
      await store.releasePart(key);
      assert.deepEqual(await store.claimPart(key, "d", longMs), isNew);
    },
  );

  storeTest("releasePart() keeps what was sent", async ({ store, unique }) => {
    const key = unique("key");
    await store.claimPart(key, "d", longMs);
    await store.settlePart(key, sent);
    await store.releasePart(key);
    assert.deepEqual(await store.claimPart(key, "d", longMs), { claim: "done", part: sent });
  });

  storeTest(
    "purgeParts() forgets only what is old enough, and no more than the limit",
    async ({ store, unique }) => {
      const keys = [unique("key"), unique("key"), unique("key")];
      for (const key of keys) await store.claimPart(key, "d", longMs);
      await store.settlePart(keys[0] as string, sent);
      assert.equal(await store.purgeParts({ olderThanMs: longMs, limit: 10 }), 0);
      assert.equal(await store.purgeParts({ olderThanMs: 0, limit: 2 }), 2);
      await store.purgeParts({ olderThanMs: 0, limit: Infinity });
      for (const key of keys) assert.deepEqual(await store.claimPart(key, "d", longMs), isNew);
    },
  );

  storeTest(
    "claimPart() keeps keys apart that differ in a letter's case, a space or a normal form",
    async (context) => {
      const { store, unique } = context;
      const suffix = unique("key");
      for (const start of ["é", "e\u0301", "É", "é ", " é", "é%", "é_", "é/0"]) {
        assert.deepEqual(await store.claimPart(`${start}${suffix}${start}`, "d", longMs), isNew, start);
      }
    },
  );

  storeTest(
    "every method refuses a bad argument by its name and changes nothing",
    async ({ store, unique }) => {
      const key = unique("key");
      for (const bad of badNames as string[]) {
        await assertRefused(() => store.claimPart(bad, "d", longMs), "key");
        await assertRefused(() => store.claimPart(key, bad, longMs), "digest");
        await assertRefused(() => store.settlePart(bad, sent), "key");
        await assertRefused(() => store.releasePart(bad), "key");
      }
      for (const bad of [0, -1, 1.5, Number.NaN, "1", null, undefined] as number[]) {
        await assertRefused(() => store.claimPart(key, "d", bad), "leaseMs");
        await assertRefused(() => store.purgeParts({ olderThanMs: 0, limit: bad }), "limit");
      }
      for (const bad of [-1, Number.NaN, "1", null, undefined] as number[]) {
        await assertRefused(() => store.purgeParts({ olderThanMs: bad, limit: 1 }), "olderThanMs");
      }
      await assertRefused(() => store.settlePart(key, {} as ReceiptPart), "part");
      assert.deepEqual(await store.claimPart(key, "d", longMs), isNew);
    },
  );
}
