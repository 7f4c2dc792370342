import { expect, test } from "vitest";
import { postgresStore } from "../src/index.ts";
import {
  newDelivery,
  newJob,
  openClient,
  openPool,
  openStore,
  unique,
  untilBlocked,
  useServer,
} from "./open-store.ts";

const { url } = useServer();

test("close() waits for what is open, refuses what comes after, and leaves the pool to its owner", async () => {
  const { store, pool, schema } = openStore(url());
  await store.migrate();
  const admin = await openClient(url());
  await admin.query(`begin; lock table ${schema}.leases`);
  const events: string[] = [];
  const enqueued = store.enqueueJob(newJob()).then(() => events.push("enqueued"));
  const closed = [store.close(), store.close()].map((done) => done.then(() => events.push("closed")));
  await expect(store.enqueueJob(newJob())).rejects.toMatchObject({
    name: "StoreError",
    code: "STORE_CLOSED",
    retryable: false,
    message: "Cannot enqueue job: the store is closed",
  });
  await expect(store.listLeases("llm")).rejects.toMatchObject({ code: "STORE_CLOSED" });
  await untilBlocked(url(), "enqueue_jobs(");
  await admin.query("rollback");
  await Promise.all([enqueued, ...closed]);
  expect(events).toEqual(["enqueued", "closed", "closed"]);
  expect((await pool.query(`select count(*)::int from ${schema}.jobs`)).rows).toEqual([{ count: 1 }]);
});

test("stores take their listener off the pool when they are closed, each its own", async () => {
  const pool = openPool(url());
  const stores = Array.from({ length: 3 }, () => postgresStore({ pool, schema: unique("schema") }));
  expect(pool.listenerCount("error")).toBe(3);
  await stores[0]?.close();
  await stores[0]?.close();
  expect(pool.listenerCount("error")).toBe(2);
  for (const store of stores) await store[Symbol.asyncDispose]();
  expect(pool.listenerCount("error")).toBe(0);
});

test("two schemas of one database are two stores", async () => {
  const { store, pool } = openStore(url());
  const other = postgresStore({ pool, schema: unique("schema") });
  const job = newJob();
  await store.enqueueJob(job);
  expect(await other.getJob(job.jobId)).toBeUndefined();
  expect(await other.enqueueJob({ ...job, owner: "owner-2" })).toMatchObject({ accepted: true });
  await other.close();
});

test("a requeue that was never made is not taken for the one before an adoption", async () => {
  const { store } = openStore(url());
  const { jobId } = newJob();
  await store.enqueueJob(newJob({ jobId }));
  await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "running" });
  await store.updateJobState({ jobId, epoch: 1, from: "running", to: "queued" });
  await store.adoptJobs({ lane: "llm", from: { owner: "owner-1", count: 1 }, to: "owner-2", limit: 1 });
  const late = { jobId, epoch: 2, from: "running", to: "queued" } as const;
  expect(await store.updateJobState(late)).toEqual({ applied: false, state: "queued", epoch: 3 });
});

test("parsers that the user has set for the types of PostgreSQL change nothing", async () => {
  const text = 25;
  const parsers = { getTypeParser: (type: number) => (value: string) => (type === text ? value : "parsed") };
  const { store } = openStore(url(), { types: parsers as never });
  const job = newJob();
  await store.enqueueJob(job);
  expect(await store.raiseLease("llm", "owner-1")).toBe(2);
  await store.recordDeliveries([newDelivery({ key: "a" })]);
  expect(await store.claimDelivery("a", "d", 1_000, "c")).toMatchObject({
    claim: "new",
    row: { attempts: 1 },
  });
  expect(await store.listDeliveries()).toMatchObject([{ key: "a", recordedAt: expect.any(Number) }]);
  await store.putBlob("a", new Blob(["bytes"]).stream(), 5);
  expect(await new Response(store.openBlob("a")).text()).toBe("bytes");
  expect(await store.claimPart("a", "d", 1_000)).toEqual({ claim: "new" });
  expect(await store.purgeParts({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("postgresStore() refuses an option that is none by its name", () => {
  const pool = openPool(url());
  const make = (options: object) => () => postgresStore({ pool, ...options } as never);
  const name = "Cannot create postgres store: 'schema' must be";
  const timeout = "Cannot create postgres store: 'timeoutMs' must be above 0, at most 2147483647 or Infinity";
  const cases: readonly (readonly [options: object, error: Error])[] = [
    [
      { pool: undefined },
      new TypeError("Cannot create postgres store: 'pool' must be a pool of pg: received undefined"),
    ],
    [{ schema: "" }, new TypeError(`${name} a name without U+0000: received ""`)],
    [{ schema: "a\0" }, new TypeError(`${name} a name without U+0000: received "a\\u0000"`)],
    [{ schema: 7 }, new TypeError(`${name} a name without U+0000: received number`)],
    [
      { schema: "pg_jobs" },
      new RangeError(`${name} at most 63 bytes and not begin with "pg_": received "pg_jobs"`),
    ],
    [
      { schema: "é".repeat(32) },
      new RangeError(`${name} at most 63 bytes and not begin with "pg_": received "${"é".repeat(32)}"`),
    ],
    [{ timeoutMs: 0 }, new RangeError(`${timeout}: received 0`)],
    [{ timeoutMs: Number.NaN }, new RangeError(`${timeout}: received NaN`)],
    [{ timeoutMs: 2 ** 31 }, new RangeError(`${timeout}: received 2147483648`)],
    [{ timeoutMs: "1" }, new TypeError(`${timeout}: received "1"`)],
  ];
  for (const [options, error] of cases) expect(make(options)).toThrow(error);
  expect(pool.listenerCount("error")).toBe(0);
});
