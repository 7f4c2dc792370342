import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  createSweeper,
  memoryStore,
  type PersistenceStore,
  type SweeperOptions,
} from "../../src/persisted.ts";
import { faultyStore, onCall } from "./faulty-store.ts";

const hour = 60 * 60 * 1_000;
const sweepers: { close(): Promise<void> }[] = [];

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(async () => {
  await Promise.all(sweepers.splice(0).map((sweeper) => sweeper.close()));
  vi.useRealTimers();
});

function sweeping(store: PersistenceStore, options?: SweeperOptions) {
  const sweeper = createSweeper(store, options);
  sweepers.push(sweeper);
  return sweeper;
}

async function end(store: PersistenceStore, jobId: string): Promise<void> {
  await enqueue(store, jobId);
  await store.updateJobState({ jobId, epoch: 1, from: "queued", to: "failed", reason: "no" });
}

async function enqueue(store: PersistenceStore, jobId: string): Promise<void> {
  const metadata = new Uint8Array();
  await store.enqueueJob({ jobId, lane: "llm", owner: "me", priority: 0, weight: 1, metadata });
}

async function left(store: PersistenceStore, ids: readonly string[]): Promise<string[]> {
  const rows = await Promise.all(ids.map((id) => store.getJob(id)));
  return rows.flatMap((row) => (row ? [row.jobId] : []));
}

test("createSweeper() sweeps after 90 s and then every hour, and keeps ended jobs for 24 h", async () => {
  const store = memoryStore();
  await end(store, "a");
  const calls = vi.spyOn(store, "purgeFinishedJobs");
  sweeping(store);
  await vi.advanceTimersByTimeAsync(89_999);
  expect(calls).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(22 * hour);
  expect(calls).toHaveBeenCalledTimes(23);
  await expect(left(store, ["a"])).resolves.toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(2 * hour);
  await expect(left(store, ["a"])).resolves.toEqual([]);
});

test("retentionMs is read at each sweep", async () => {
  const store = memoryStore();
  await end(store, "a");
  let retentionMs = 10 * hour;
  const sweeper = sweeping(store, { retentionMs: () => retentionMs });
  await vi.advanceTimersByTimeAsync(hour);
  await expect(sweeper.sweep()).resolves.toBe(0);
  retentionMs = hour / 2;
  await expect(sweeper.sweep()).resolves.toBe(1);
});

test("nothing queued or running is swept, however old; Infinity keeps all, 0 keeps nothing that has ended", async () => {
  const store = memoryStore();
  await enqueue(store, "queued");
  await enqueue(store, "running");
  await store.updateJobState({ jobId: "running", epoch: 1, from: "queued", to: "running" });
  await end(store, "ended");
  await vi.advanceTimersByTimeAsync(1_000 * hour);
  const ids = ["queued", "running", "ended"];
  await sweeping(store, { retentionMs: Number.POSITIVE_INFINITY }).sweep();
  await expect(left(store, ids)).resolves.toEqual(ids);
  await expect(sweeping(store, { retentionMs: 0 }).sweep()).resolves.toBe(1);
  await expect(left(store, ids)).resolves.toEqual(["queued", "running"]);
});

test("a sweep deletes in batches, and tells how many in all", async () => {
  const store = memoryStore();
  for (let index = 0; index < 25; index += 1) await end(store, `job-${index}`);
  const calls = vi.spyOn(store, "purgeFinishedJobs");
  const onSwept = vi.fn<(deleted: number) => void>();
  const swept = sweeping(store, { retentionMs: 0, batchSize: 10, onSwept }).sweep();
  await vi.advanceTimersByTimeAsync(10);
  await expect(swept).resolves.toBe(25);
  expect(calls.mock.calls.map(([{ limit }]) => limit)).toEqual([10, 10, 10]);
  expect(onSwept).toHaveBeenCalledExactlyOnceWith(25);
});

test("a store that fails, a retention that is no number and an onSwept that throws stop no later sweep", async () => {
  const inner = memoryStore();
  await end(inner, "a");
  const warn = vi.fn<() => void>();
  const store = faultyStore(inner, { purgeFinishedJobs: onCall(1, { before: new Error("locked") }) });
  const values = [0, Number.NaN, 0];
  const onSwept = (): never => {
    throw new Error("listener");
  };
  sweeping(store, { retentionMs: () => values.shift() ?? 0, onSwept, logger: { warn } });
  await vi.advanceTimersByTimeAsync(90_000 + hour);
  expect(warn).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(hour);
  await expect(left(inner, ["a"])).resolves.toEqual([]);
  expect(warn).toHaveBeenCalledTimes(3);
});

test("two sweep() calls at a time are one sweep, and close() ends it between batches", async () => {
  const store = memoryStore();
  for (let index = 0; index < 25; index += 1) await end(store, `job-${index}`);
  const sweeper = createSweeper(store, { retentionMs: 0, batchSize: 10 });
  const first = sweeper.sweep();
  expect(sweeper.sweep()).toBe(first);
  await Promise.resolve();
  const closed = sweeper.close();
  await vi.advanceTimersByTimeAsync(10);
  await closed;
  await expect(first).resolves.toBe(10);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([
  [{ intervalMs: 0 }, "'intervalMs' must be a time that a timer can wait: received 0"],
  [{ firstMs: Number.NaN }, "'firstMs' must be a time that a timer can wait: received NaN"],
  [{ batchSize: 0 }, "'batchSize' must be a whole number of at least 1, or Infinity: received 0"],
  [{ retentionMs: -1 }, "'retentionMs' must be 0 or more, or Infinity: received -1"],
  [{ retentionMs: "1d" }, `'retentionMs' must be 0 or more, or Infinity: received "1d"`],
  [{ intervalMs: "5" }, `'intervalMs' must be a time that a timer can wait: received "5"`],
  [{ onSwept: 5 }, "'onSwept' must be a function: received 5"],
  [{ logger: {} }, "'logger' must have the function warn: received an object"],
  [{ retentionDays: 1 }, "'options' has no 'retentionDays', only retentionMs, "],
  [null, "'options' must be an object: received null"],
])("createSweeper(%j) throws naming the option and the value", (options, message) => {
  expect(() => createSweeper(memoryStore(), options as never)).toThrow(`Cannot create sweeper: ${message}`);
});
