import { expect, test } from "vitest";
import type { DeliveryState } from "../src/index.ts";
import {
  failureOf,
  newDelivery,
  openClient,
  openStore,
  openWatched,
  untilBlocked,
  useServer,
} from "./open-store.ts";
import { openProxy } from "./server/proxy.ts";

const { url } = useServer();
const hourMs = 3_600_000;
const isolations = ["", "-c default_transaction_isolation=serializable"];
const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };

test("calls about deliveries and parts that are pending at the same time are sent as one statement for each method", async () => {
  const { store, sent } = await openWatched(url());
  const keys = Array.from({ length: 50 }, (_, index) => `key-${index}`);
  const all = (call: (key: string) => Promise<unknown>): Promise<unknown> => Promise.all(keys.map(call));
  const receipt = "{}";
  await all((key) => store.recordDeliveries([newDelivery({ key })]));
  await all((key) => store.claimDelivery(key, "d", hourMs, "c"));
  await all((key) => store.saveDelivery(key, "c", receipt));
  await all((key) => store.settleDelivery({ key, claimant: "c", state: "delivered", receipt }));
  await all((key) => store.getDelivery(key));
  await all((key) => store.claimPart(key, "d", hourMs));
  await all((key) => store.settlePart(key, { index: 0, status: "failed", attempts: 1 }));
  await all((key) => store.releasePart(key));
  expect(sent).toEqual([
    "record_deliveries",
    "claim_deliveries",
    "save_deliveries",
    "settle_deliveries",
    "deliveries",
    "claim_parts",
    "settle_parts",
    "release_parts",
  ]);
  expect(await store.listDeliveries({ states: ["delivered"] })).toHaveLength(50);
});

test("calls about one delivery that are pending together are made one after the other, each with its own answer", async () => {
  const { store } = openStore(url());
  const delivery = newDelivery({ key: "b", messageKey: "m" });
  const recorded = await Promise.all([
    store.recordDeliveries([delivery, newDelivery({ key: "a" })]),
    store.recordDeliveries([newDelivery({ key: "c" }), { ...delivery, digest: "other" }]),
    store.recordDeliveries([]),
    store.recordDeliveries([delivery]),
  ]);
  expect(recorded).toEqual([
    { recorded: true },
    { recorded: false, key: "b" },
    { recorded: true },
    { recorded: true },
  ]);
  expect((await store.listDeliveries()).map(({ key }) => key)).toEqual(["b", "a"]);
  const claims = await Promise.all([
    store.claimDelivery("b", "d", hourMs, "one"),
    store.claimDelivery("b", "d", hourMs, "two"),
    store.claimDelivery("a", "d", hourMs, "two"),
    store.claimDelivery("b", "d", hourMs, "one"),
    store.claimDelivery("c", "d", hourMs, "one"),
  ]);
  expect(claims.map(({ claim }) => claim)).toEqual(["new", "busy", "new", "new", "conflict"]);
  const settlement = { key: "b", claimant: "one", state: "failed", receipt: "1" } as const;
  const settled = await Promise.all([
    store.settleDelivery({ ...settlement, claimant: "two" }),
    store.settleDelivery(settlement),
    store.settleDelivery({ ...settlement, state: "delivered" }),
    store.settleDelivery(settlement),
  ]);
  expect(settled).toEqual([false, true, false, true]);
  const rows = await Promise.all(["b", "c", "b", "a"].map((key) => store.getDelivery(key)));
  expect(rows.map((row) => row?.state)).toEqual(["failed", undefined, "failed", "sending"]);
  const parts = await Promise.all([
    store.claimPart("p", "d", hourMs),
    store.claimPart("p", "d", hourMs),
    store.claimPart("o", "d", hourMs),
    store.claimPart("p", "other", hourMs),
  ]);
  expect(parts.map(({ claim }) => claim)).toEqual(["new", "busy", "new", "conflict"]);
});

test("recordDeliveries() that waits for another process's key writes all of its deliveries or none", async () => {
  for (const options of isolations) {
    const { store, schema } = openStore(url(), { options });
    await store.migrate();
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema}; begin`);
    await admin.query("select record_deliveries('{1}', '{b}', '{b}', '{chat}', '{other}', '{x}')");
    const recorded = store.recordDeliveries([newDelivery({ key: "a" }), newDelivery({ key: "b" })]);
    await untilBlocked(url(), "record_deliveries(");
    await admin.query("commit");
    expect(await recorded).toEqual({ recorded: false, key: "b" });
    expect((await store.listDeliveries()).map(({ key, digest }) => [key, digest])).toEqual([["b", "other"]]);
  }
});

test("a claim that waits for another process's claim finds its delivery or part busy", async () => {
  for (const options of isolations) {
    const { store, schema } = openStore(url(), { options });
    await store.recordDeliveries([newDelivery({ key: "a" })]);
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema}; begin`);
    await admin.query("select claim_deliveries('{a}', '{d}', '{3600000}', '{other}')");
    await admin.query("select claim_parts('{a}', '{d}', '{3600000}')");
    const claims = [store.claimDelivery("a", "d", hourMs, "c"), store.claimPart("a", "d", hourMs)];
    await untilBlocked(url(), "claim_deliveries(");
    await untilBlocked(url(), "claim_parts(");
    await admin.query("commit");
    expect(await Promise.all(claims)).toEqual([{ claim: "busy" }, { claim: "busy" }]);
    expect(await store.getDelivery("a")).toMatchObject({ attempts: 1 });
  }
});

test("claimDelivery() and settleDelivery() whose answers were lost are found done when they are made again", async () => {
  const proxy = await openProxy(url());
  const { store } = openStore(proxy.url);
  await store.recordDeliveries([newDelivery({ key: "a" })]);
  proxy.mute();
  const claim = (): Promise<unknown> => store.claimDelivery("a", "d", hourMs, "c");
  const lost = failureOf(claim());
  await proxy.swallowed;
  proxy.cut();
  expect(await lost).toMatchObject(unavailable);
  expect(await claim()).toMatchObject({ claim: "new", row: { attempts: 1 } });
  expect(await store.claimDelivery("a", "d", hourMs, "other")).toEqual({ claim: "busy" });
  const settle = (): Promise<boolean> =>
    store.settleDelivery({ key: "a", claimant: "c", state: "unknown", receipt: "{}" });
  expect([await settle(), await settle()]).toEqual([true, true]);
});

test("claimDelivery() rejects with STORE_UNAVAILABLE when its backend is killed, and the same call again claims", async () => {
  const { store, schema } = openStore(url());
  await store.recordDeliveries([newDelivery({ key: "a" })]);
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.deliveries`);
  const lost = failureOf(store.claimDelivery("a", "d", hourMs, "c"));
  await admin.query("select pg_terminate_backend($1)", [await untilBlocked(url(), "claim_deliveries(")]);
  expect(await lost).toMatchObject(unavailable);
  await admin.query("rollback");
  expect(await store.claimDelivery("a", "d", hourMs, "c")).toMatchObject({
    claim: "new",
    row: { attempts: 1 },
  });
});

test("a statement goes through its deliveries in the order of their keys, so that two never wait for each other", async () => {
  const { store, schema } = openStore(url());
  const [admin, other] = [await openClient(url()), await openClient(url())];
  const keys = ["y", "x", "z"];
  await store.recordDeliveries(keys.map((key) => newDelivery({ key })));
  await admin.query(`begin; update ${schema}.deliveries set receipt = '' where key = 'y'`);
  const claims = keys.map((key) => store.claimDelivery(key, "d", hourMs, key));
  await untilBlocked(url(), "claim_deliveries(");
  // It waits for y: x it has already, z not yet.
  const lock = (key: string): string =>
    `select from ${schema}.deliveries where key = '${key}' for update nowait`;
  await expect(other.query(lock("x"))).rejects.toMatchObject({ code: "55P03" });
  expect((await other.query(lock("z"))).rowCount).toBe(1);
  await admin.query("commit");
  const answers = await Promise.all(claims);
  expect(answers.map((answer) => "row" in answer && answer.row.key)).toEqual(keys);
});

test("a lease without end, or of more than a thousand years, is never over", async () => {
  const { store, pool, schema } = openStore(url());
  await store.recordDeliveries(["a", "b"].map((key) => newDelivery({ key })));
  for (const [key, leaseMs] of [
    ["a", Infinity],
    ["b", 1e300],
  ] as const) {
    await store.claimDelivery(key, "d", leaseMs, "one");
    await store.claimPart(key, "d", leaseMs);
  }
  const ends = `select ready_at::text as ends from ${schema}.deliveries union all select lease_ends_at::text from ${schema}.parts`;
  expect((await pool.query(ends)).rows.map((row) => row.ends)).toEqual(Array(4).fill("infinity"));
  expect(await store.listDeliveries({ due: true })).toEqual([]);
  expect(await store.claimDelivery("a", "d", 500, "two")).toEqual({ claim: "busy" });
  expect(await store.claimPart("b", "d", 500)).toEqual({ claim: "busy" });
});

test("listDeliveries() reads at most 1,000 rows at a time, however many it is asked for", async () => {
  const { store, sent } = await openWatched(url());
  const keys = Array.from({ length: 2_100 }, (_, index) => `key-${index}`);
  await store.recordDeliveries(keys.map((key) => newDelivery({ key, messageKey: "m" })));
  for (const filter of [{}, { messageKey: "m" }, { due: true } as const]) {
    sent.length = 0;
    const list = "messageKey" in filter ? "list_message_deliveries" : "list_deliveries";
    const rows = await store.listDeliveries({ ...filter, limit: Infinity });
    expect(rows.map(({ key }) => key)).toEqual(keys);
    expect(sent).toEqual([list, list, list]);
  }
});

test("listDeliveries() merges rows of several states in the order of recording, up to the limit", async () => {
  const { store } = openStore(url());
  const keys = ["a", "b", "c", "d", "e", "f"];
  await store.recordDeliveries(keys.map((key) => newDelivery({ key })));
  for (const key of ["a", "d", "e"]) await store.claimDelivery(key, "d", hourMs, "c");
  const [queued, sending] = await Promise.all(["b", "a"].map((key) => store.getDelivery(key)));
  expect([queued?.dueAt, sending?.state, sending?.dueAt]).toEqual([undefined, "sending", undefined]);
  for (const [limit, expected] of [
    [1, ["a"]],
    [4, ["a", "b", "c", "d"]],
    [9, keys],
  ] as const) {
    expect((await store.listDeliveries({ limit })).map(({ key }) => key)).toEqual(expected);
  }
});

test("listDeliveries() gives what ended long enough ago in the order of recording, in pages", async () => {
  const { store, pool, schema } = openStore(url());
  const keys = Array.from({ length: 1_200 }, (_, index) => `key-${index}`);
  await store.recordDeliveries(keys.map((key) => newDelivery({ key })));
  await Promise.all(keys.map((key) => store.claimDelivery(key, "d", hourMs, "c")));
  const receipt = "{}";
  await Promise.all(
    keys.map((key) => store.settleDelivery({ key, claimant: "c", state: "failed", receipt })),
  );
  // They ended in the other order, a second apart, the first of them a moment ago.
  await pool.query(
    `update ${schema}.deliveries set ended_at = ended_at - sequence * interval '1 second' - interval '1 hour'`,
  );
  const old = { endedForMs: hourMs + 101_000, limit: 700 };
  const first = await store.listDeliveries(old);
  expect(first.map(({ key }) => key)).toEqual(keys.slice(100, 800));
  const second = await store.listDeliveries({ ...old, afterSequence: first.at(-1)?.sequence });
  expect(second.map(({ key }) => key)).toEqual(keys.slice(800));
  expect(await store.listDeliveries({ ...old, states: ["delivered"] })).toEqual([]);
  expect(await store.listDeliveries({ ...old, messageKey: "key-99" })).toEqual([]);
  expect(await store.listDeliveries({ ...old, messageKey: "key-100" })).toHaveLength(1);
  await pool.query(`update ${schema}.deliveries set ended_at = now() + interval '1 hour'`);
  expect(await store.listDeliveries({ endedForMs: 0, limit: Infinity })).toHaveLength(1_200);
  expect(await store.listDeliveries({ endedForMs: 1, limit: Infinity })).toEqual([]);
  expect(await store.listDeliveries({ endedForMs: Infinity })).toEqual([]);
  expect(await store.listDeliveries({ afterSequence: Infinity })).toEqual([]);
});

test("listDeliveries() of what is due of a message leaves out what has ended", async () => {
  const { store } = openStore(url());
  await store.recordDeliveries(["a", "b"].map((key) => newDelivery({ key, messageKey: "m" })));
  await store.claimDelivery("a", "d", hourMs, "c");
  await store.settleDelivery({ key: "a", claimant: "c", state: "failed", receipt: "{}" });
  expect(await store.listDeliveries({ messageKey: "m", due: true })).toMatchObject([{ key: "b" }]);
});

test("recordDeliveries() writes a delivery that is named twice once, and none if the two are not the same", async () => {
  const { store } = openStore(url());
  const twice = [newDelivery({ key: "a" }), newDelivery({ key: "a" })];
  expect(await store.recordDeliveries(twice)).toEqual({ recorded: true });
  const other = [newDelivery({ key: "b" }), newDelivery({ key: "b", digest: "other" })];
  expect(await store.recordDeliveries(other)).toEqual({ recorded: false, key: "b" });
  expect((await store.listDeliveries()).map(({ key }) => key)).toEqual(["a"]);
});

test("what is done after a call to deliveries and states that it was given changes nothing", async () => {
  const { store } = openStore(url());
  const delivery = { ...newDelivery({ key: "a" }) };
  const recorded = store.recordDeliveries([delivery]);
  delivery.content = "changed";
  await recorded;
  const states: DeliveryState[] = ["queued"];
  const listed = store.listDeliveries({ states });
  states.fill("failed");
  expect(await listed).toMatchObject([{ key: "a", content: "{}" }]);
});

test("claimPart() of a key that is released while it waits gets it", async () => {
  for (const options of isolations) {
    const { store, schema } = openStore(url(), { options });
    await store.claimPart("a", "d", hourMs);
    const admin = await openClient(url());
    await admin.query(`set search_path = ${schema}; begin; select release_parts('{a}')`);
    const claimed = store.claimPart("a", "d", hourMs);
    await untilBlocked(url(), "claim_parts(");
    await admin.query("commit");
    expect(await claimed).toEqual({ claim: "new" });
  }
});

test("purgeParts() deletes at most 5,000 keys in a statement, the longest unused first", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  await pool.query(`insert into ${schema}.parts (key, digest, lease_ends_at, used_at)
    select 'key-' || i, 'd', 'infinity', now() - i * interval '1 second' from generate_series(1, 7_000) as i`);
  expect(await store.purgeParts({ olderThanMs: 6_000_000, limit: 600 })).toBe(600);
  expect(await store.claimPart("key-6401", "d", hourMs)).toEqual({ claim: "new" });
  expect(await store.claimPart("key-6400", "d", hourMs)).toEqual({ claim: "busy" });
  expect(await store.purgeParts({ olderThanMs: 0, limit: Infinity })).toBe(6_401);
  const { store: other, sent } = await openWatched(url());
  await Promise.all(Array.from({ length: 5_001 }, (_, index) => other.claimPart(`${index}`, "d", hourMs)));
  sent.length = 0;
  expect(await other.purgeParts({ olderThanMs: 0, limit: Infinity })).toBe(5_001);
  expect(sent).toEqual(["purge_parts", "purge_parts"]);
});

test("purgeParts() with olderThanMs 0 deletes also what was used before the clock was set back", async () => {
  const { store, pool, schema } = openStore(url());
  await store.claimPart("a", "d", hourMs);
  await pool.query(`update ${schema}.parts set used_at = now() + interval '1 hour'`);
  expect(await store.purgeParts({ olderThanMs: 1, limit: 10 })).toBe(0);
  expect(await store.purgeParts({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("settleDelivery() refuses a delay without end by its name and value, and takes one of any length", async () => {
  const { store } = openStore(url());
  const settlement = { key: "a", claimant: "c", state: "queued", receipt: "{}", delayMs: Infinity } as const;
  await expect(store.settleDelivery(settlement)).rejects.toThrow(
    new RangeError("Cannot settle delivery: 'delayMs' must be finite: received Infinity"),
  );
  await store.recordDeliveries([newDelivery({ key: "a" })]);
  await store.claimDelivery("a", "d", hourMs, "c");
  expect(await store.settleDelivery({ ...settlement, delayMs: 1e300 })).toBe(true);
  expect(await store.listDeliveries({ due: true })).toEqual([]);
});

test("recordDeliveries() refuses a name that no index would take, before anything is sent", async () => {
  const { store, sent } = await openWatched(url());
  for (const name of ["key", "messageKey"]) {
    const bad = store.recordDeliveries([newDelivery({ [name]: "x".repeat(2_001) })]);
    await expect(bad).rejects.toThrow(
      new RangeError(`Cannot record deliveries: '${name}' must be at most 2000 bytes: received 2001`),
    );
  }
  await expect(store.claimPart("x".repeat(2_001), "d", 1)).rejects.toThrow(
    new RangeError("Cannot claim part: 'key' must be at most 2000 bytes: received 2001"),
  );
  expect(sent).toEqual([]);
  // What is hard to compress is what an index has to take.
  const long = (bytes: number): string =>
    Array.from({ length: Math.floor(bytes / 36) }, () => crypto.randomUUID()).join("");
  const delivery = newDelivery({
    key: long(2_000),
    messageKey: long(2_000),
    channel: long(9_000),
    digest: long(9_000),
  });
  expect(await store.recordDeliveries([delivery])).toEqual({ recorded: true });
  expect(await store.claimPart(long(2_000), long(9_000), 1)).toEqual({ claim: "new" });
});

test("settleDelivery(), listDeliveries() and purgeParts() refuse an argument that is no object by its name", async () => {
  const { store } = await openWatched(url());
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
