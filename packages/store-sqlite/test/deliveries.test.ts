import { expect, test } from "vitest";
import { type DeliveryState, openSqliteStore } from "../src/index.ts";
import { newDelivery, newJob, openParts } from "./open-parts.ts";
import { stopTime } from "./stop-time.ts";
import { temporaryFile } from "./temporary-file.ts";

const hourMs = 3_600_000;

test("calls about jobs, deliveries and parts of one turn of the event loop are committed together", async () => {
  const { store, commitCount } = await openParts();
  stopTime();
  await Promise.all([
    store.enqueueJob(newJob("a")),
    store.recordDeliveries([newDelivery("a"), newDelivery("b")]),
    store.claimDelivery("a", "d", hourMs, "c"),
    store.claimPart("a", "d", hourMs),
    store.settlePart("a", { index: 0, status: "sent", attempts: 1 }),
    store.saveDelivery("a", "c", "{}"),
    store.settleDelivery({ key: "a", claimant: "c", state: "delivered", receipt: "{}" }),
  ]);
  expect(commitCount()).toBe(1);
});

test("the leases of deliveries and parts, and what is due, are judged by the store's clock", async () => {
  const clock = { at: 1_000 };
  await using store = await openSqliteStore({ file: await temporaryFile(), clock: () => clock.at });
  await store.recordDeliveries([newDelivery("a")]);
  await store.claimDelivery("a", "d", 500, "one");
  await store.claimPart("a", "d", 500);
  clock.at = 1_499;
  expect(await store.listDeliveries({ due: true })).toEqual([]);
  expect(await store.claimDelivery("a", "d", 500, "two")).toEqual({ claim: "busy" });
  expect(await store.claimPart("a", "d", 500)).toEqual({ claim: "busy" });
  clock.at = 1_500;
  expect(await store.listDeliveries({ due: true })).toMatchObject([{ key: "a", state: "sending" }]);
  expect(await store.claimDelivery("a", "d", 500, "two")).toMatchObject({ claim: "lapsed" });
  expect(await store.claimPart("a", "d", 500)).toEqual({ claim: "lapsed" });
  await store.settleDelivery({ key: "a", claimant: "two", state: "queued", receipt: "{}", delayMs: 100 });
  expect(await store.getDelivery("a")).toMatchObject({ recordedAt: 1_000, dueAt: 1_600 });
  expect(await store.listDeliveries({ due: true })).toEqual([]);
  clock.at = 1_600;
  expect(await store.listDeliveries({ due: true })).toMatchObject([{ key: "a", state: "queued" }]);
});

test("a lease without end is never over", async () => {
  const clock = { at: 1_000 };
  await using store = await openSqliteStore({ file: await temporaryFile(), clock: () => clock.at });
  await store.recordDeliveries([newDelivery("a")]);
  await store.claimDelivery("a", "d", Infinity, "one");
  await store.claimPart("a", "d", Infinity);
  clock.at = Number.MAX_SAFE_INTEGER;
  expect(await store.claimDelivery("a", "d", 500, "two")).toEqual({ claim: "busy" });
  expect(await store.claimPart("a", "d", 500)).toEqual({ claim: "busy" });
});

test("listDeliveries() gives what ended long enough ago in the order of recording, in pages", async () => {
  const clock = { at: 1_000 };
  await using store = await openSqliteStore({ file: await temporaryFile(), clock: () => clock.at });
  const keys = Array.from({ length: 1_200 }, (_, index) => `key-${index}`);
  await store.recordDeliveries(keys.map((key) => newDelivery(key)));
  // They end in the other order, a millisecond apart.
  for (const key of keys.toReversed()) {
    clock.at += 1;
    void store.claimDelivery(key, "d", hourMs, "c");
    await store.settleDelivery({ key, claimant: "c", state: "failed", receipt: "{}" });
  }
  const old = { endedForMs: 100, limit: 700 };
  const first = await store.listDeliveries(old);
  expect(first.map(({ key }) => key)).toEqual(keys.slice(100, 800));
  const afterSequence = first.at(-1)?.sequence;
  const second = await store.listDeliveries({ ...old, afterSequence });
  expect(second.map(({ key }) => key)).toEqual(keys.slice(800));
  expect(await store.listDeliveries({ ...old, states: ["delivered"] })).toEqual([]);
  expect(await store.listDeliveries({ endedForMs: 100, messageKey: "key-99" })).toEqual([]);
  expect(await store.listDeliveries({ endedForMs: 100, messageKey: "key-100" })).toHaveLength(1);
  clock.at = 0;
  expect(await store.listDeliveries({ endedForMs: 0, limit: Infinity })).toHaveLength(1_200);
});

test("a long list of deliveries is read in several steps, and others have their turn in between", async () => {
  const { store } = await openParts();
  const content = "x".repeat(3_000);
  const deliveries = Array.from({ length: 5_000 }, (_, index) => newDelivery(`key-${index}`, { content }));
  await store.recordDeliveries(deliveries);
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  const rows = await store.listDeliveries({ limit: Infinity });
  clearImmediate(timer);
  expect(rows.map(({ key, content: kept }) => [key, kept])).toEqual(
    deliveries.map(({ key }) => [key, content]),
  );
  expect(turns).toBeGreaterThan(3);
});

test("a deleted delivery leaves nothing in the file, and its number is not used again", async () => {
  const { store, database } = await openParts();
  await store.recordDeliveries([newDelivery("a", { content: "x".repeat(5_000) })]);
  await store.claimDelivery("a", "d", hourMs, "c");
  await store.settleDelivery({ key: "a", claimant: "c", state: "delivered", receipt: "{}" });
  expect(await store.deleteDelivery("a")).toBe(true);
  expect(database.prepare("SELECT count(*) AS n FROM large_contents").get()).toEqual({ n: 0 });
  await store.recordDeliveries([newDelivery("a")]);
  expect(await store.getDelivery("a")).toMatchObject({ sequence: 2, content: "{}" });
});

test("a delivery that cannot be written takes none of its neighbours with it", async () => {
  const { store, database } = await openParts();
  database.exec(
    "CREATE TRIGGER fail BEFORE INSERT ON deliveries WHEN new.key = 'bad' BEGIN SELECT raise(ABORT, 'no'); END",
  );
  const [first, second, third] = await Promise.allSettled([
    store.recordDeliveries([newDelivery("a")]),
    store.recordDeliveries([newDelivery("b"), newDelivery("bad")]),
    store.recordDeliveries([newDelivery("c")]),
  ]);
  expect(first).toMatchObject({ status: "fulfilled", value: { recorded: true } });
  expect(second).toMatchObject({ status: "rejected", reason: { code: "STORE_FAILED" } });
  expect(third).toMatchObject({ status: "fulfilled", value: { recorded: true } });
  expect((await store.listDeliveries()).map(({ key }) => key)).toEqual(["a", "c"]);
});

test("purgeParts() deletes many in several steps, the longest unused first", async () => {
  const clock = { at: 0 };
  const { store, commitCount } = await openParts({ clock: () => clock.at });
  for (let index = 0; index < 3; index += 1) {
    clock.at += 1;
    await Promise.all(
      Array.from({ length: 2_000 }, (_, part) => store.claimPart(`${index}/${part}`, "d", hourMs)),
    );
  }
  clock.at = 12;
  const before = commitCount();
  expect(await store.purgeParts({ olderThanMs: 10, limit: Infinity })).toBe(4_000);
  expect(commitCount() - before).toBeGreaterThan(1);
  expect(await store.claimPart("2/0", "d", hourMs)).toEqual({ claim: "busy" });
  expect(await store.claimPart("1/0", "d", hourMs)).toEqual({ claim: "new" });
});

test("claimDelivery() by the same claimant, once its lease is over, is the first call over again", async () => {
  const clock = { at: 1_000 };
  const { store } = await openParts({ clock: () => clock.at });
  await store.recordDeliveries([newDelivery("a")]);
  const first = await store.claimDelivery("a", "d", 500, "one");
  clock.at = 2_000;
  expect(await store.claimDelivery("a", "d", 500, "one")).toEqual(first);
});

test("recordDeliveries() writes a delivery that is named twice once, and none if the two are not the same", async () => {
  const { store } = await openParts();
  const twice = [newDelivery("a"), newDelivery("a")];
  expect(await store.recordDeliveries(twice)).toEqual({ recorded: true });
  const other = [newDelivery("b"), newDelivery("b", { digest: "other" })];
  expect(await store.recordDeliveries(other)).toEqual({ recorded: false, key: "b" });
  expect((await store.listDeliveries()).map(({ key }) => key)).toEqual(["a"]);
});

test("what is done after a call to deliveries and states that it was given changes nothing", async () => {
  const { store } = await openParts();
  const delivery = { ...newDelivery("a") };
  const recorded = store.recordDeliveries([delivery]);
  delivery.content = "changed";
  await recorded;
  const states: DeliveryState[] = ["queued"];
  const listed = store.listDeliveries({ states });
  states.fill("failed");
  expect(await listed).toMatchObject([{ key: "a", content: "{}" }]);
});

test("listDeliveries() of what is due of a message leaves out what has ended", async () => {
  const { store } = await openParts();
  await store.recordDeliveries(["a", "b"].map((key) => newDelivery(key, { messageKey: "m" })));
  await store.claimDelivery("a", "d", hourMs, "c");
  await store.settleDelivery({ key: "a", claimant: "c", state: "failed", receipt: "{}" });
  expect(await store.listDeliveries({ messageKey: "m", due: true })).toMatchObject([{ key: "b" }]);
});

test("purgeParts() with olderThanMs 0 deletes also what was used before the clock was set back", async () => {
  const clock = { at: 1_000 };
  const { store } = await openParts({ clock: () => clock.at });
  await store.claimPart("a", "d", hourMs);
  clock.at = 500;
  expect(await store.purgeParts({ olderThanMs: 1, limit: 10 })).toBe(0);
  expect(await store.purgeParts({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("settleDelivery() refuses a delay without end by its name and value", async () => {
  const { store } = await openParts();
  const settlement = { key: "a", claimant: "c", state: "queued", receipt: "{}", delayMs: Infinity } as const;
  await expect(store.settleDelivery(settlement)).rejects.toThrow(
    new RangeError("Cannot settle delivery: 'delayMs' must be finite: received Infinity"),
  );
});

test("settleDelivery(), listDeliveries() and purgeParts() refuse an argument that is no object by its name", async () => {
  await using store = await openSqliteStore({ file: await temporaryFile() });
  const calls = [
    [
      store.settleDelivery(null as never),
      "Cannot settle delivery: 'settlement' must be an object: received null",
    ],
    [
      store.listDeliveries(null as never),
      "Cannot list deliveries: 'filter' must be an object: received null",
    ],
    [
      store.purgeParts(undefined as never),
      "Cannot purge parts: 'purge' must be an object: received undefined",
    ],
  ] as const;
  for (const [call, message] of calls) await expect(call).rejects.toThrow(new TypeError(message));
});
