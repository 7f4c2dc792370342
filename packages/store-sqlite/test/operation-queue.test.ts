import { setImmediate as turn } from "node:timers/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Work } from "../src/database/work.ts";
import { newJob, openParts } from "./open-parts.ts";
import { stopTime } from "./stop-time.ts";

/** Another connection to the file, as another process has. */
function connect(file: string): DatabaseSync {
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  return other;
}

function count(database: DatabaseSync, table = "jobs"): unknown {
  return database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
}

test("calls of one turn of the event loop are committed together", async () => {
  const { file, store, commitCount } = await openParts();
  const other = connect(file);
  stopTime();
  const calls = Array.from({ length: 100 }, (_, index) => store.enqueueJob(newJob(`job-${index}`)));
  await calls[0];
  expect(count(other)).toBe(100);
  await Promise.all(calls);
  expect(commitCount()).toBe(1);
});

test("a call resolves once its transaction is committed, not before", async () => {
  const { file, store, database } = await openParts();
  const other = connect(file);
  const seen = store.enqueueJob(newJob("a")).then(() => count(other));
  expect(await seen).toBe(1);
  expect(() => database.exec("BEGIN")).not.toThrow();
  database.exec("ROLLBACK");
});

test("a transaction has at most 2,000 operations", async () => {
  const { queue } = await openParts();
  stopTime();
  const sizes = new Map<unknown, number>();
  const work: Work<void> = (transaction) => void sizes.set(transaction, (sizes.get(transaction) ?? 0) + 1);
  await Promise.all(Array.from({ length: 4_500 }, () => queue.write(() => work)));
  expect([...sizes.values()]).toEqual([2_000, 2_000, 500]);
});

test("a transaction begins nothing new once it has worked for 1.5 ms, and the event loop has a turn", async () => {
  const { queue } = await openParts();
  stopTime();
  const log: unknown[] = [];
  const transactions: unknown[] = [];
  const work: Work<void> = (transaction) => {
    if (!transactions.includes(transaction)) transactions.push(transaction);
    log.push(transactions.indexOf(transaction));
    vi.advanceTimersByTime(1);
  };
  const calls = Array.from({ length: 5 }, () => queue.write(() => work));
  setImmediate(() => setImmediate(() => log.push("turn")));
  await Promise.all(calls);
  expect(log).toEqual([0, 0, 1, 1, "turn", 2]);
});

test("a read sees what was called before it, awaited or not", async () => {
  const { store } = await openParts();
  const calls = [store.enqueueJob(newJob("a")), store.getJob("a"), store.listQueuedJobs("llm")] as const;
  const [, row, rows] = await Promise.all(calls);
  expect(row?.state).toBe("queued");
  expect(rows).toHaveLength(1);
});

test("an operation that fails takes none of its neighbours with it and leaves nothing behind", async () => {
  const { queue, database, store } = await openParts();
  const broken: Work<void> = () => {
    database.exec("INSERT INTO counters (name, value) VALUES ('half', 1)");
    throw new Error("broken");
  };
  const settled = await Promise.allSettled([
    store.enqueueJob(newJob("before")),
    queue.write(() => broken),
    store.enqueueJob(newJob("after")),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(settled[1]).toMatchObject({ reason: { code: "STORE_FAILED", cause: { message: "broken" } } });
  expect((await store.listQueuedJobs("llm")).map(({ jobId }) => jobId)).toEqual(["before", "after"]);
  expect(count(database, "counters")).toBe(0);
});

test("a commit that fails rejects only what it failed for", async () => {
  const { queue, database, store } = await openParts();
  // A violated foreign key that is deferred is found by the commit, not by the statement.
  database.exec("PRAGMA foreign_keys = ON");
  database.exec(
    "CREATE TABLE child (job TEXT REFERENCES jobs (job_id) DEFERRABLE INITIALLY DEFERRED) STRICT",
  );
  const orphan: Work<void> = () => database.exec("INSERT INTO child VALUES ('nobody')");
  const settled = await Promise.allSettled([
    store.enqueueJob(newJob("a")),
    queue.write(() => orphan),
    store.enqueueJob(newJob("b")),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(settled[1]).toMatchObject({ reason: { code: "STORE_FAILED" } });
  expect(count(database, "child")).toBe(0);
  expect(await store.listQueuedJobs("llm")).toHaveLength(2);
});

test("while another process has the lock calls wait in order and the event loop turns", async () => {
  const { file, store } = await openParts();
  const other = connect(file);
  other.exec("BEGIN IMMEDIATE");
  const settled: string[] = [];
  const calls = ["a", "b"].map(async (jobId) => {
    await store.enqueueJob(newJob(jobId));
    settled.push(jobId);
  });
  for (let turns = 0; turns < 1_000; turns += 1) await turn();
  expect(settled).toEqual([]);
  other.exec("COMMIT");
  await Promise.all(calls);
  expect(settled).toEqual(["a", "b"]);
});

test("a read does not wait for another process's lock", async () => {
  const { file, store } = await openParts();
  await store.enqueueJob(newJob("a"));
  const other = connect(file);
  other.exec("BEGIN IMMEDIATE");
  expect((await store.getJob("a"))?.state).toBe("queued");
  other.exec("COMMIT");
});

test("a lock that outlasts lockTimeoutMs rejects what waited with STORE_LOCKED, undone, and later calls work", async () => {
  const { file, store } = await openParts({ lockTimeoutMs: 20 });
  await store.enqueueJob(newJob("a"));
  const other = connect(file);
  other.exec("BEGIN IMMEDIATE");
  const locked = { name: "StoreError", code: "STORE_LOCKED", retryable: true };
  const settled = await Promise.allSettled([store.enqueueJob(newJob("b")), store.raiseLease("llm", "owner")]);
  expect(settled).toMatchObject([
    { status: "rejected", reason: locked },
    { status: "rejected", reason: locked },
  ]);
  other.exec("COMMIT");
  expect(await store.getJob("b")).toBeUndefined();
  expect(await store.listLeases("llm")).toEqual([{ owner: "owner", count: 1 }]);
  await store.enqueueJob(newJob("b"));
  expect(await store.listQueuedJobs("llm")).toHaveLength(2);
});

test("long work lets others in between, and a close() finishes it", async () => {
  const { store, queue } = await openParts();
  await Promise.all(Array.from({ length: 1_200 }, (_, index) => store.enqueueJob(newJob(`job-${index}`))));
  const order: string[] = [];
  const all = Number.POSITIVE_INFINITY;
  const adopted = store
    .adoptJobs({ lane: "llm", from: { owner: "owner", count: 1 }, to: "other", limit: all })
    .finally(() => order.push("adopted"));
  const between = store.getJob("job-0").finally(() => order.push("between"));
  await queue.close();
  expect(await adopted).toHaveLength(1_200);
  expect((await between)?.owner).toBe("other");
  expect(order).toEqual(["between", "adopted"]);
});

test("nothing is begun between hold() and release()", async () => {
  const { store, queue } = await openParts();
  queue.hold();
  let isSettled = false;
  const call = store.enqueueJob(newJob("a")).finally(() => {
    isSettled = true;
  });
  for (let turns = 0; turns < 100; turns += 1) await turn();
  expect(isSettled).toBe(false);
  queue.release();
  expect(await call).toEqual({ accepted: true, sequence: 1 });
});

test("a clock that throws fails the calls, and no other", async () => {
  const { store, queue } = await openParts();
  const now = vi.spyOn(Date, "now").mockImplementationOnce(() => {
    throw new Error("no time");
  });
  onTestFinished(() => now.mockRestore());
  await expect(store.enqueueJob(newJob("a"))).rejects.toMatchObject({ code: "STORE_FAILED" });
  expect(await store.enqueueJob(newJob("b"))).toEqual({ accepted: true, sequence: 1 });
  await queue.close();
});
