import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type JobRow, memoryStore, type PersistenceStore } from "../../src/persisted.ts";
import { gate, tick } from "../gate.ts";
import { faultyStore, onCall } from "./faulty-store.ts";
import { bytes, forever, leaseMs, recorder, startProcess, text } from "./process.ts";

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
});
afterEach(() => vi.useRealTimers());

/** Leaves a job that runs and some that are queued in the store of a process that has died. */
async function crash(store: PersistenceStore, queued: readonly string[]): Promise<void> {
  const dead = startProcess(store);
  await dead.lane.submit({ id: "ran", metadata: bytes("what it was to do"), run: forever });
  await tick();
  for (const id of queued) await dead.lane.submit({ id, callerId: "ada", run: forever });
  dead.die();
}

test("recover() fails what ran with its metadata, and queues the rest here in its order: nothing runs twice", async () => {
  const store = memoryStore();
  await crash(store, ["a", "b", "c"]);
  const { ran, reconstruct } = recorder();
  const { lane } = startProcess(store, { maxQueued: 1 }, { reconstruct });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  const report = await recovered;
  expect(report).toMatchObject({ resubmitted: ["a", "b", "c"], notRebuilt: [], ownedElsewhere: [] });
  expect(report.interrupted.map(({ jobId, metadata }) => [jobId, text(metadata)])).toEqual([
    ["ran", "what it was to do"],
  ]);
  await tick();
  expect(ran).toEqual(["a", "b", "c"]);
  await expect(store.getJob("ran")).resolves.toMatchObject({ state: "failed", reason: "interrupted" });
  for (const id of ran)
    await expect(store.getJob(id)).resolves.toMatchObject({ state: "finished", epoch: 2 });
});

test("recover() twice at a time, and in two processes, takes every job over once", async () => {
  const store = memoryStore();
  await crash(store, ["a", "b", "c", "d"]);
  const { ran, reconstruct } = recorder();
  const [b, c] = [startProcess(store, {}, { reconstruct }), startProcess(store, {}, { reconstruct })];
  const recovered = Promise.all([b.lane.recover(), b.lane.recover(), c.lane.recover()]);
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  const [first, again, other] = await recovered;
  expect(again).toBe(first);
  expect([...first.interrupted, ...other.interrupted]).toHaveLength(1);
  await tick();
  expect(ran.toSorted()).toEqual(["a", "b", "c", "d"]);
});

test("recover() takes nothing from a live process, and lists what that owns", async () => {
  const store = memoryStore();
  const live = startProcess(store);
  const job = gate(live.lane, "a");
  gate(live.lane, "b");
  const { ran, reconstruct } = recorder();
  const { lane } = startProcess(store, {}, { reconstruct });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  await expect(recovered).resolves.toMatchObject({
    interrupted: [],
    resubmitted: [],
    ownedElsewhere: ["a", "b"],
  });
  expect(ran).toEqual([]);
  job.finish();
  await expect(job.result).resolves.toBe("a");
});

test("recover() comes to an end also where every look at the leases comes later than a lease lasts", async () => {
  const inner = memoryStore();
  await crash(inner, ["a"]);
  const store = faultyStore(inner, { listLeases: () => ({ before: leaseMs }) });
  const { ran, reconstruct } = recorder();
  const { lane } = startProcess(store, {}, { reconstruct });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  await expect(recovered).resolves.toMatchObject({ resubmitted: ["a"] });
  await tick();
  expect(ran).toEqual(["a"]);
});

test("recover() comes to an end beside a live process also where every look at the leases comes that late", async () => {
  const inner = memoryStore();
  const live = startProcess(inner);
  gate(live.lane, "a");
  const { lane } = startProcess(faultyStore(inner, { listLeases: () => ({ before: leaseMs }) }));
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  await expect(recovered).resolves.toMatchObject({ interrupted: [], ownedElsewhere: ["a"] });
});

test("recover() of a lane that nobody used resolves at once", async () => {
  const { lane } = startProcess(memoryStore());
  const empty = { interrupted: [], resubmitted: [], notRebuilt: [], ownedElsewhere: [] };
  await expect(lane.recover()).resolves.toEqual(empty);
});

test("a process that dies later is taken over within leaseMs and a check, without a boot", async () => {
  const store = memoryStore();
  const { ran, reconstruct } = recorder();
  const dying = startProcess(store);
  await dying.lane.submit({ id: "ran", run: forever });
  await dying.lane.submit({ id: "a", run: forever });
  const survivor = startProcess(store, {}, { reconstruct });
  void survivor.lane.recover();
  await vi.advanceTimersByTimeAsync(10 * leaseMs);
  expect(ran).toEqual([]);
  dying.die();
  await vi.advanceTimersByTimeAsync(leaseMs + (2 * leaseMs) / 3);
  await tick();
  expect(ran).toEqual(["a"]);
  await expect(store.getJob("ran")).resolves.toMatchObject({ state: "failed", reason: "interrupted" });
  expect(survivor.events.map(({ type }) => type)).toEqual(["job-interrupted", "job-resubmitted"]);
});

test("a process that slept through its lease is fenced: its late finish changes nothing, and its ticket says so", async () => {
  const store = memoryStore();
  const { ran, reconstruct } = recorder();
  const sleeper = startProcess(store, { maxConcurrent: 1 });
  const running = gate(sleeper.lane, "ran");
  const queued = gate(sleeper.lane, "a");
  await tick();
  sleeper.freeze();
  const other = startProcess(store, {}, { reconstruct });
  const recovered = other.lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await recovered;
  sleeper.wake();
  await vi.advanceTimersByTimeAsync(leaseMs);
  await expect(running.result).rejects.toMatchObject({ code: "LANE_FENCED" });
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_FENCED" });
  expect(running.state.signal?.aborted).toBe(true);
  expect(queued.state.entered).toBe(false);
  running.finish();
  await tick();
  await expect(store.getJob("ran")).resolves.toMatchObject({ state: "failed", reason: "interrupted" });
  expect(ran).toEqual(["a"]);
  const { running: slots } = await sleeper.lane.stats();
  expect(slots).toBe(0);
});

test("a fenced process goes on with new jobs", async () => {
  const store = memoryStore();
  const sleeper = startProcess(store);
  gate(sleeper.lane, "a").finish();
  sleeper.freeze();
  const other = startProcess(store, {}, { reconstruct: recorder().reconstruct });
  const recovered = other.lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await recovered;
  sleeper.wake();
  await vi.advanceTimersByTimeAsync(leaseMs);
  await expect(sleeper.lane.submitWait({ id: "new", run: () => 7 })).resolves.toBe(7);
});

test("one job that cannot be built again fails alone, with the reason: throw, nothing, no answer in time", async () => {
  const store = memoryStore();
  await crash(store, ["throws", "nothing", "hangs", "good"]);
  const { ran, reconstruct } = recorder();
  const build = (row: JobRow) => {
    if (row.jobId === "throws") throw new Error("unknown version");
    if (row.jobId === "nothing") return undefined;
    return row.jobId === "hangs" ? forever() : reconstruct(row);
  };
  const { lane } = startProcess(store, {}, { reconstruct: build, reconstructTimeoutMs: 5_000 });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs + 5_000);
  const { notRebuilt, resubmitted } = await recovered;
  expect(Object.fromEntries(notRebuilt.map(({ jobId, reason }) => [jobId, reason]))).toEqual({
    throws: "not rebuilt: unknown version",
    nothing: "not rebuilt: reconstruct gave nothing",
    hangs: "not rebuilt: reconstruct did not answer in time",
  });
  expect(resubmitted).toEqual(["good"]);
  await tick();
  expect(ran).toEqual(["good"]);
  for (const { jobId, reason } of notRebuilt)
    await expect(store.getJob(jobId)).resolves.toMatchObject({ state: "failed", reason });
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, running: 0 });
});

test("onInterrupted may queue a job again, at most maxInterruptions times", async () => {
  const store = memoryStore();
  const again = { onInterrupted: () => "requeue" as const, maxInterruptions: 2, reconstruct: () => forever };
  let process = startProcess(store, {}, again);
  await process.lane.submit({ id: "a", run: forever });
  for (const interruptions of [1, 2]) {
    await tick();
    process.die();
    process = startProcess(store, {}, again);
    const recovered = process.lane.recover();
    await vi.advanceTimersByTimeAsync(2 * leaseMs);
    await expect(recovered).resolves.toMatchObject({ resubmitted: ["a"] });
    await tick();
    await expect(store.getJob("a")).resolves.toMatchObject({ state: "running", interruptions });
  }
  process.die();
  const last = startProcess(store, {}, again).lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await expect(last).resolves.toMatchObject({ resubmitted: [] });
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "failed", reason: "interrupted" });
});

test("a job that had given its slot back when its process died is failed as interrupted", async () => {
  const store = memoryStore();
  const dead = startProcess(store);
  await dead.lane.submit({ id: "a", run: ({ yieldWhile }) => yieldWhile(forever) });
  await tick();
  dead.die();
  const recovered = startProcess(store).lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await expect(recovered).resolves.toMatchObject({ interrupted: [{ jobId: "a" }] });
});

test("priority and share are kept by recovery", async () => {
  const store = memoryStore();
  const dead = startProcess(store, { maxConcurrent: 0 });
  for (const id of ["a1", "a2", "a3"]) await dead.lane.submit({ id, callerId: "ada", run: forever });
  await dead.lane.submit({ id: "b1", callerId: "bob", run: forever });
  await dead.lane.submit({ id: "urgent", callerId: "eve", priority: 9, run: forever });
  dead.die();
  const { ran, reconstruct } = recorder();
  const { lane } = startProcess(store, { maxConcurrent: 0 }, { reconstruct });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await recovered;
  await lane.setMaxConcurrent(1);
  await tick();
  expect(ran).toEqual(["urgent", "a1", "b1", "a2", "a3"]);
});

test("recover() rejects with LANE_STORE_UNKNOWN if the store does not answer", async () => {
  const process = startProcess(memoryStore(), {}, { storeTimeoutMs: 1_000 });
  process.die();
  const recovered = process.lane.recover().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(recovered).resolves.toMatchObject({ code: "LANE_STORE_UNKNOWN" });
});

test("10,000 jobs are taken over in batches, in order", async () => {
  const store = memoryStore();
  const dead = startProcess(store, { maxConcurrent: 0 });
  const ids = Array.from({ length: 10_000 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => dead.lane.submit({ id, run: forever })));
  dead.die();
  const { lane } = startProcess(store, { maxConcurrent: 0 }, { reconstruct: () => forever });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(3 * leaseMs);
  expect((await recovered).resubmitted).toEqual(ids);
  await expect(lane.stats()).resolves.toMatchObject({ queued: 10_000 });
});

test("a job that hangs while it is built delays no later one, however many were adopted before it", async () => {
  const store = memoryStore();
  const dead = startProcess(store, { maxConcurrent: 0 });
  const ids = Array.from({ length: 1_200 }, (_, index) => `job-${index}`);
  await Promise.all(ids.map((id) => dead.lane.submit({ id, run: forever })));
  dead.die();
  const { ran, reconstruct } = recorder();
  const build = (row: JobRow) => (row.jobId === "job-3" ? forever() : reconstruct(row));
  const options = { reconstruct: build, reconstructTimeoutMs: 100_000 };
  const { lane } = startProcess(store, { maxConcurrent: 2 }, options);
  void lane.recover();
  await vi.advanceTimersByTimeAsync(3 * leaseMs);
  expect(ran).toHaveLength(1_199);
});

test("an adoption whose answer is lost loses no row: own rows are looked through", async () => {
  const store = memoryStore();
  await crash(store, ["a", "b", "c"]);
  const { ran, reconstruct } = recorder();
  const faulty = faultyStore(store, { adoptJobs: onCall(1, { after: new Error("connection reset") }) });
  const { lane } = startProcess(faulty, {}, { reconstruct });
  void lane.recover();
  await vi.advanceTimersByTimeAsync(4 * leaseMs);
  expect(ran).toEqual(["a", "b", "c"]);
});

test("recover() of a closed lane rejects with LANE_CLOSED, and leaves no lease", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  await lane.submitWait({ id: "a", run: () => 1 });
  await lane.close();
  await expect(lane.recover()).rejects.toMatchObject({ code: "LANE_CLOSED" });
  await expect(store.listLeases("llm")).resolves.toEqual([]);
});

test.each([0, 60_000])(
  "close() leaves a job queued whose code is still being built, with a grace of %i ms",
  async (graceMs) => {
    const store = memoryStore();
    await crash(store, ["a"]);
    const run = vi.fn<() => void>();
    const built = Promise.withResolvers<() => void>();
    const { lane } = startProcess(store, {}, { reconstruct: () => built.promise });
    const recovered = lane.recover();
    await vi.advanceTimersByTimeAsync(2 * leaseMs);
    const closed = lane.close({ graceMs });
    await vi.advanceTimersByTimeAsync(2_000);
    built.resolve(run);
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(closed).resolves.toMatchObject({ abandoned: [], unwritten: [] });
    await recovered;
    expect(run).not.toHaveBeenCalled();
    await expect(store.getJob("a")).resolves.toMatchObject({ state: "queued" });
  },
);

test("a job whose timeout passes while its code is still being built fails, and never runs", async () => {
  const store = memoryStore();
  const dead = startProcess(store, { maxConcurrent: 0 });
  await dead.lane.submit({ id: "a", timeoutMs: 1_000, run: forever });
  dead.die();
  const run = vi.fn<() => void>();
  const built = Promise.withResolvers<() => void>();
  const { lane } = startProcess(store, {}, { reconstruct: () => built.promise });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  const row = await store.getJob("a");
  expect(row).toMatchObject({ state: "failed", reason: expect.stringContaining("1000 ms") });
  expect(row?.startedAt).toBeUndefined();
  built.resolve(run);
  await recovered;
  await lane.close();
  expect(run).not.toHaveBeenCalled();
});

test("a row that the lane cannot take fails with the reason", async () => {
  const store = memoryStore();
  const dead = startProcess(store, { maxConcurrent: 0 });
  await dead.lane.submit({ id: "heavy", weight: 50, run: forever });
  dead.die();
  const rate = [{ limit: 10, windowMs: 1_000, by: "weight" as const }];
  const { lane } = startProcess(store, { rate }, { reconstruct: () => forever });
  const recovered = lane.recover();
  await vi.advanceTimersByTimeAsync(2 * leaseMs);
  await expect(recovered).resolves.toMatchObject({ notRebuilt: [{ jobId: "heavy" }] });
  await expect(store.getJob("heavy")).resolves.toMatchObject({ state: "failed" });
});
