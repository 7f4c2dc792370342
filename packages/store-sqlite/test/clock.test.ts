import { expect, test } from "vitest";
import { openSqliteStore, type SqliteStore } from "../src/index.ts";
import { newJob } from "./open-parts.ts";
import { temporaryFile } from "./temporary-file.ts";

const hourMs = 3_600_000;

/** A store whose wall clock the test sets. */
async function openWithClock(): Promise<{ store: SqliteStore; clock: { at: number } }> {
  const clock = { at: Date.UTC(2026, 10, 25) };
  return { store: await openSqliteStore({ file: await temporaryFile(), clock: () => clock.at }), clock };
}

test.each([hourMs, -hourMs])("a wall clock stepped by %i ms moves no order and no lease", async (stepMs) => {
  const { store: opened, clock } = await openWithClock();
  await using store = opened;
  await store.enqueueJob(newJob("a"));
  clock.at += stepMs;
  await store.enqueueJob(newJob("b"));
  clock.at -= stepMs;
  await store.enqueueJob(newJob("c"));
  expect((await store.listQueuedJobs("llm")).map(({ jobId }) => jobId)).toEqual(["a", "b", "c"]);
  expect(await store.listLeases("llm")).toEqual([{ owner: "owner", count: 1 }]);
  clock.at += stepMs;
  expect(await store.raiseLease("llm", "owner")).toBe(2);
  const adoption = { lane: "llm", from: { owner: "owner", count: 2 }, to: "other", limit: 10 };
  expect((await store.adoptJobs(adoption)).map(({ jobId }) => jobId)).toEqual(["a", "b", "c"]);
});

test("a wall clock that is set forward makes a purge come early, one that is set back makes it late, by as much", async () => {
  const { store: opened, clock } = await openWithClock();
  await using store = opened;
  await store.enqueueJob(newJob("a"));
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "cancelled" });
  const purge = { olderThanMs: 2 * hourMs, limit: 10 };
  clock.at += hourMs;
  expect(await store.purgeFinishedJobs(purge)).toBe(0);
  clock.at -= 3 * hourMs;
  expect(await store.purgeFinishedJobs(purge)).toBe(0);
  clock.at += 4 * hourMs;
  expect(await store.purgeFinishedJobs(purge)).toBe(1);
});

test("purgeFinishedJobs() with olderThanMs 0 deletes also what ended later than it is now", async () => {
  const { store: opened, clock } = await openWithClock();
  await using store = opened;
  await store.enqueueJob(newJob("a"));
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "failed" });
  clock.at -= hourMs;
  expect(await store.purgeFinishedJobs({ olderThanMs: 1, limit: 10 })).toBe(0);
  expect(await store.purgeFinishedJobs({ olderThanMs: 0, limit: 10 })).toBe(1);
});

test("rows are stamped by the store's clock", async () => {
  const { store: opened, clock } = await openWithClock();
  await using store = opened;
  const { at } = clock;
  await store.enqueueJob(newJob("a"));
  clock.at += 5;
  await store.updateJobState({ jobId: "a", epoch: 1, from: "queued", to: "running" });
  clock.at += 5;
  await store.updateJobState({ jobId: "a", epoch: 1, from: "running", to: "finished" });
  expect(await store.getJob("a")).toMatchObject({ enqueuedAt: at, startedAt: at + 5, endedAt: at + 10 });
});
