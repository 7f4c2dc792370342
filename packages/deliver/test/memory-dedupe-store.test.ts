import { expect, test } from "vitest";
import type { ReceiptPart } from "../src/index.ts";
import { memoryDedupeStore } from "../src/index.ts";

const sent: ReceiptPart = { index: 0, status: "sent", attempts: 1 };

test("memoryDedupeStore() forgets a settled part after keepMs", async () => {
  let now = 0;
  const store = memoryDedupeStore({ keepMs: 1_000, clock: () => now });
  await store.claimPart("k", "d", 10);
  await store.settlePart("k", sent);
  now = 999;
  expect(await store.claimPart("k", "d", 10)).toEqual({ claim: "done", part: sent });
  now = 1_000;
  expect(await store.claimPart("k", "other", 10)).toEqual({ claim: "new" });
});

test("memoryDedupeStore() forgets the least recently used keys beyond maxKeys", async () => {
  const store = memoryDedupeStore({ maxKeys: 2 });
  for (const key of ["a", "b"]) {
    await store.claimPart(key, "d", 60_000);
    await store.settlePart(key, sent);
  }
  expect((await store.claimPart("a", "d", 60_000)).claim).toBe("done");
  await store.claimPart("c", "d", 60_000);
  expect((await store.claimPart("a", "d", 60_000)).claim).toBe("done");
  expect((await store.claimPart("b", "d", 60_000)).claim).toBe("new");
});

test.each([{ maxKeys: 0 }, { maxKeys: Number.NaN }, { keepMs: -1 }])(
  "memoryDedupeStore() throws a RangeError for %j",
  (options) => {
    expect(() => memoryDedupeStore(options)).toThrow(RangeError);
  },
);
