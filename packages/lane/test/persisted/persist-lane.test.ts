import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLane, type LaneError, type LaneEvent } from "../../src/index.ts";
import { createSweeper, memoryStore, persistLane } from "../../src/persisted.ts";
import { gate, tick } from "../gate.ts";
import { faultyStore, onCall } from "./faulty-store.ts";
import { bytes, recorder, startProcess, text } from "./process.ts";

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
});
afterEach(() => vi.useRealTimers());

const lost = new Error("connection reset");

test("submit() resolves once the row is written, and the job's state follows its way", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const job = gate(lane, "a", { callerId: "ada", priority: 2, name: "ask", metadata: bytes("hello") });
  const next = gate(lane, "b");
  await tick();
  expect(job.state.entered).toBe(true);
  const row = await store.getJob("a");
  expect(row).toMatchObject({
    lane: "llm",
    callerId: "ada",
    priority: 2,
    name: "ask",
    state: "running",
    epoch: 1,
  });
  expect(text(row?.metadata)).toBe("hello");
  await expect(store.getJob("b")).resolves.toMatchObject({ state: "queued" });
  job.finish();
  await expect(job.result).resolves.toBe("a");
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "finished" });
  await tick();
  next.fail(new Error("no\0answer"));
  await expect(next.result).rejects.toThrow("no");
  await expect(store.getJob("b")).resolves.toMatchObject({ state: "failed", reason: "noanswer" });
  await lane.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("the running state is written before the first instruction of the job's code", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const seen = await lane.submitWait({ id: "a", run: async () => (await store.getJob("a"))?.state });
  expect(seen).toBe("running");
});

test("submit() passes a store's final error through, runs nothing and holds nothing", async () => {
  const full = Object.assign(new Error("disk full"), { code: "STORE_FULL", retryable: false });
  const store = faultyStore(memoryStore(), { enqueueJob: onCall(1, { before: full }) });
  const { lane } = startProcess(store);
  const run = vi.fn<() => void>();
  await expect(lane.submit({ id: "a", run })).rejects.toBe(full);
  await tick();
  expect(run).not.toHaveBeenCalled();
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, running: 0 });
  await expect(lane.submitWait({ id: "a", run: () => 7 })).resolves.toBe(7);
});

test.each(["enqueueJob", "updateJobState"] as const)(
  "%s() whose answer is lost once is made again, and the job runs once",
  async (method) => {
    const inner = memoryStore();
    const store = faultyStore(inner, { [method]: onCall(1, { after: lost }) });
    const { lane, events } = startProcess(store);
    const run = vi.fn<() => number>(() => 7);
    const result = lane.submitWait({ id: "a", run });
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(result).resolves.toBe(7);
    expect(run).toHaveBeenCalledTimes(1);
    await expect(inner.getJob("a")).resolves.toMatchObject({ state: "finished" });
    expect(events).toContainEqual(expect.objectContaining({ type: "store-failed", error: lost }));
  },
);

test("submit() to a store that never answers rejects with LANE_STORE_UNKNOWN, and its code never runs", async () => {
  const store = faultyStore(memoryStore(), { enqueueJob: () => ({ before: "hang" }) });
  const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000 });
  const run = vi.fn<() => void>();
  const submitted = lane.submit({ id: "a", run }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(submitted).resolves.toMatchObject({ code: "LANE_STORE_UNKNOWN", retryable: true });
  expect(run).not.toHaveBeenCalled();
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, running: 0 });
});

test("a row that was written although submit() rejected is taken up at the next check, and runs once", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: () => ({ after: "hang" }) });
  const { ran, reconstruct } = recorder();
  const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000, reconstruct });
  const submitted = lane.submit({ id: "a", run: () => ran.push("closure") }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(submitted).resolves.toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ran).toEqual(["a"]);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "finished", epoch: 1 });
});

test("the same id submitted again after LANE_STORE_UNKNOWN completes the first submit", async () => {
  const inner = memoryStore();
  let hangs = true;
  const store = faultyStore(inner, { enqueueJob: () => (hangs ? { after: "hang" } : undefined) });
  const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000, leaseMs: 60_000 });
  const first = lane.submit({ id: "a", run: () => 1 }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(first).resolves.toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  hangs = false;
  await expect(lane.submitWait({ id: "a", run: () => 2 })).resolves.toBe(2);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "finished", sequence: 1 });
});

test("a job whose start cannot be written does not start, and says so", async () => {
  const store = faultyStore(memoryStore(), { updateJobState: () => ({ before: lost }) });
  const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000, leaseMs: 60_000 });
  const run = vi.fn<() => void>();
  const result = lane.submitWait({ id: "a", run }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(3_000);
  await expect(result).resolves.toMatchObject({ code: "LANE_STORE_UNKNOWN" });
  expect(run).not.toHaveBeenCalled();
});

test("an end that cannot be written kills no job: its value counts, and the write is made later", async () => {
  const inner = memoryStore();
  let isDown = false;
  const store = faultyStore(inner, { updateJobState: () => (isDown ? { before: lost } : undefined) });
  const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000 });
  const result = lane.submitWait({
    id: "a",
    run: () => {
      isDown = true;
      return 7;
    },
  });
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(result).resolves.toBe(7);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "running" });
  isDown = false;
  await vi.advanceTimersByTimeAsync(1_500);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "finished" });
});

test.each([lost, "hang"] as const)(
  "close() lists the ends that it could not write, be it that the store throws or hangs: %s",
  async (fault) => {
    let isDown = false;
    const store = faultyStore(memoryStore(), {
      updateJobState: () => (isDown ? { before: fault } : undefined),
    });
    const { lane } = startProcess(store, {}, { storeTimeoutMs: 1_000 });
    const result = lane.submitWait({ id: "a", run: () => void (isDown = true) });
    await tick();
    const closed = lane.close();
    await vi.advanceTimersByTimeAsync(5_000);
    await result;
    await expect(closed).resolves.toEqual({ abandoned: [], unwritten: ["a"] });
  },
);

test("submit() of an id that has ended rejects with LANE_DUPLICATE and its state", async () => {
  const { lane } = startProcess(memoryStore());
  await lane.submitWait({ id: "a", run: () => 1 });
  await expect(lane.submit({ id: "a", run: () => 2 })).rejects.toMatchObject({
    code: "LANE_DUPLICATE",
    state: "finished",
    message: 'Cannot submit job "a" to lane "llm": a job of that id is finished',
  });
  const running = gate(lane, "b");
  await tick();
  await expect(lane.submit({ id: "b", run: () => 2 })).rejects.toMatchObject({ state: "running" });
  running.finish();
});

test("cancel() resolves once cancelled is written, and says of others where they stand", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const running = gate(lane, "a");
  const queued = gate(lane, "b");
  await tick();
  await lane.cancel("b");
  await expect(store.getJob("b")).resolves.toMatchObject({ state: "cancelled" });
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CANCELLED" });
  await expect(lane.cancel("a")).rejects.toMatchObject({ code: "LANE_NOT_QUEUED", state: "running" });
  await expect(lane.cancel("b")).rejects.toMatchObject({ code: "LANE_NOT_QUEUED", state: "cancelled" });
  await expect(lane.cancel("c")).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
  expect(queued.state.entered).toBe(false);
  running.finish();
});

test("of many cancel() calls for one queued job exactly one resolves", async () => {
  const { lane } = startProcess(memoryStore());
  const running = gate(lane, "a");
  gate(lane, "b");
  await tick();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, () =>
      lane.cancel("b").then(
        () => "cancelled",
        (error: LaneError) => error.code,
      ),
    ),
  );
  expect(outcomes.toSorted()).toEqual([...Array(4).fill("LANE_NOT_QUEUED"), "cancelled"]);
  running.finish();
});

test("cancel() in another process wins over the start, or loses against it", async () => {
  const store = memoryStore();
  const a = startProcess(store);
  const b = startProcess(store);
  const running = gate(a.lane, "a");
  const queued = gate(a.lane, "b");
  await tick();
  await expect(b.lane.cancel("a")).rejects.toMatchObject({ code: "LANE_NOT_QUEUED", state: "running" });
  await b.lane.cancel("b");
  running.finish();
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CANCELLED" });
  expect(queued.state.entered).toBe(false);
});

test("a signal that aborts while the job is queued writes cancelled, while it runs cancelled with the reason", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const controller = new AbortController();
  const running = lane.submitWait({ id: "a", run: ({ signal }) => rejectOnAbort(signal) }, controller);
  const queued = lane.submitWait({ id: "b", run: () => 1 }, controller);
  running.catch(() => {});
  queued.catch(() => {});
  await tick();
  const reason = new Error("the user left");
  controller.abort(reason);
  await expect(queued).rejects.toBe(reason);
  await expect(running).rejects.toBe(reason);
  await tick();
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "cancelled", reason: "the user left" });
  await expect(store.getJob("b")).resolves.toMatchObject({ state: "cancelled", reason: "the user left" });
});

test("a signal that aborts while the row is written rejects submit(), and the row is cancelled with its reason", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: onCall(1, { after: 50 }) });
  const { lane } = startProcess(store, { maxConcurrent: 0 });
  const controller = new AbortController();
  const submitted = lane.submit({ id: "a", run: () => 1 }, { signal: controller.signal });
  const reason = new Error("changed my mind");
  controller.abort(reason);
  submitted.catch(() => {});
  await vi.advanceTimersByTimeAsync(100);
  await expect(submitted).rejects.toBe(reason);
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "cancelled", reason: "changed my mind" });
});

test("close() while a row is written rejects submit() with survives, and the row stays queued", async () => {
  const inner = memoryStore();
  const store = faultyStore(inner, { enqueueJob: onCall(1, { after: 50 }) });
  const { lane } = startProcess(store, { maxConcurrent: 0 });
  const submitted = lane.submit({ id: "a", run: () => 1 });
  submitted.catch(() => {});
  await vi.advanceTimersByTimeAsync(10);
  const closed = lane.close();
  await vi.advanceTimersByTimeAsync(100);
  await expect(submitted).rejects.toMatchObject({ code: "LANE_CLOSED" });
  await closed;
  await expect(inner.getJob("a")).resolves.toMatchObject({ state: "queued" });
});

test("a job that had a slot when its row could not be written ends for the store's reason", async () => {
  const full = Object.assign(new Error("disk full"), { retryable: false });
  const store = faultyStore(memoryStore(), { enqueueJob: onCall(1, { before: full }) });
  const onEvent = vi.fn<(event: LaneEvent) => void>();
  const { lane } = startProcess(store, { onEvent });
  await expect(lane.submit({ id: "a", run: () => 1 })).rejects.toBe(full);
  await tick();
  const ended = onEvent.mock.calls.map(([event]) => event).filter(({ type }) => type === "job-ended");
  expect(ended).toMatchObject([{ jobId: "a", end: "failed", reason: full }]);
});

test("a timeout is stored as failed", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const result = lane.submitWait({ id: "a", timeoutMs: 100, run: ({ signal }) => rejectOnAbort(signal) });
  result.catch(() => {});
  await vi.advanceTimersByTimeAsync(100);
  await expect(result).rejects.toMatchObject({ code: "LANE_TIMEOUT" });
  await tick();
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "failed" });
});

test("close() rejects what is queued with LANE_CLOSED and survives, leaves it queued, and the next lane has it at once", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const running = gate(lane, "a");
  const queued = gate(lane, "b");
  await tick();
  const closed = lane.close({ graceMs: 1_000 });
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CLOSED", survives: true });
  running.finish();
  await expect(closed).resolves.toEqual({ abandoned: [], unwritten: [] });
  await expect(lane.submit({ id: "c", run: () => 1 })).rejects.toMatchObject({ code: "LANE_CLOSED" });
  await expect(store.getJob("b")).resolves.toMatchObject({ state: "queued" });
  const { ran, reconstruct } = recorder();
  const next = startProcess(store, {}, { reconstruct });
  await expect(next.lane.recover()).resolves.toMatchObject({ resubmitted: ["b"], interrupted: [] });
  await tick();
  expect(ran).toEqual(["b"]);
});

test("close() marks what ignores its abort as failed: no row is left running", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const stubborn = gate(lane, "a");
  await tick();
  const closed = lane.close({ graceMs: 100 });
  await vi.advanceTimersByTimeAsync(2_000);
  await expect(closed).resolves.toMatchObject({ abandoned: ["a"] });
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "failed", reason: "shutdown" });
  stubborn.finish();
  await tick();
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "failed", reason: "shutdown" });
});

test("a job may close its own persisted lane, and its end is still written", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  await expect(lane.submitWait({ id: "a", run: () => lane.close() })).resolves.toMatchObject({
    abandoned: [],
  });
  await tick();
  await expect(store.getJob("a")).resolves.toMatchObject({ state: "finished" });
  await expect(store.listLeases("llm")).resolves.toEqual([]);
});

test("submitWait() inside a job of a full lane rejects with LANE_DEADLOCK, and the row of its job is cancelled", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  const code = lane.submitWait({
    id: "parent",
    run: () => lane.submitWait({ id: "child", run: () => 1 }).catch((error: LaneError) => error.code),
  });
  await expect(code).resolves.toBe("LANE_DEADLOCK");
  await expect(store.getJob("child")).resolves.toMatchObject({ state: "cancelled" });
});

test("yieldWhile() lets a persisted depth above the number of slots finish", async () => {
  const { lane } = startProcess(memoryStore());
  const nest = (depth: number): Promise<number> =>
    lane.submitWait({
      id: `depth-${depth}`,
      run: ({ yieldWhile }) =>
        depth === 0 ? 0 : yieldWhile(() => nest(depth - 1)).then((below) => below + 1),
    });
  await expect(nest(5)).resolves.toBe(5);
});

test("run() stores its function's job under an id of its own", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store);
  await expect(lane.run(({ jobId }) => store.getJob(jobId))).resolves.toMatchObject({ state: "running" });
  await expect(lane.run(() => 1, undefined)).resolves.toBe(1);
});

test("run() runs for whom a class names by a getter", async () => {
  class Asked {
    get callerId(): string {
      return "ada";
    }
  }
  const store = memoryStore();
  const { lane } = startProcess(store);
  const row = await lane.run(({ jobId }) => store.getJob(jobId), new Asked());
  expect(row).toMatchObject({ callerId: "ada" });
  await lane.close();
});

test("metadata is copied when the job is submitted", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store, { maxConcurrent: 0 });
  const metadata = bytes("before");
  const submitted = lane.submit({ id: "a", metadata, run: () => 1 });
  metadata.set(bytes("after!"));
  await submitted;
  expect(text((await store.getJob("a"))?.metadata)).toBe("before");
});

test("metadata that is a view, as a Buffer is, is copied too", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store, { maxConcurrent: 0 });
  const all = Buffer.from("before and long before");
  const views = [all.subarray(0, 6), all.subarray(11, 22)];
  const submitted = views.map((metadata, index) => lane.submit({ id: `${index}`, metadata, run: () => 1 }));
  all.fill("-");
  await Promise.all(submitted);
  expect(text((await store.getJob("0"))?.metadata)).toBe("before");
  expect(text((await store.getJob("1"))?.metadata)).toBe("long before");
});

test("cancel() of a job that the inner lane is about to refuse does not wait for ever", async () => {
  const { lane } = startProcess(memoryStore(), { maxConcurrent: 0, maxQueued: 0 });
  const refused = lane.submit({ id: "a", run: () => 1 });
  const cancelled = lane.cancel("a");
  await expect(refused).rejects.toMatchObject({ code: "LANE_FULL" });
  await expect(cancelled).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
});

test("a refusal of the inner lane leaves no row", async () => {
  const store = memoryStore();
  const { lane } = startProcess(store, { maxConcurrent: 0, maxQueued: 1 });
  await lane.submit({ id: "a", run: () => 1 });
  await expect(lane.submit({ id: "b", run: () => 1 })).rejects.toMatchObject({ code: "LANE_FULL" });
  await expect(lane.submit({ id: "c\0", run: () => 1 })).rejects.toThrow(TypeError);
  await expect(lane.submit({ id: "d", run: 5 as never })).rejects.toThrow(TypeError);
  await expect(lane.submit({ id: "e", metadata: "text" as never, run: () => 1 })).rejects.toThrow("metadata");
  for (const id of ["b", "c", "d", "e"]) await expect(store.getJob(id)).resolves.toBeUndefined();
});

test("placement() knows queued, running and ended jobs", async () => {
  const { lane } = startProcess(memoryStore());
  const running = gate(lane, "a");
  const ticket = await lane.submit({ id: "b", run: () => 1 });
  await expect(lane.placement("a")).resolves.toMatchObject({ state: "running" });
  await expect(ticket.placement()).resolves.toMatchObject({ state: "queued", position: 0, exact: true });
  running.finish();
  await ticket.result;
  await expect(lane.placement("a")).resolves.toEqual({ state: "finished", exact: true });
  await expect(lane.placement("zzz")).resolves.toBeUndefined();
});

test("persistLane() refuses a lane that runs no functions, and options that are not valid", () => {
  const inner = createLane({ name: "llm", maxConcurrent: 1 });
  const poor = Object.create(inner, { supports: { value: { ...inner.supports, closures: false } } });
  expect(() => persistLane(poor, memoryStore())).toThrow(
    expect.objectContaining({ code: "LANE_UNSUPPORTED" }),
  );
  for (const option of ["leaseMs", "storeTimeoutMs", "reconstructTimeoutMs"] as const) {
    expect(() => persistLane(inner, memoryStore(), { [option]: 0 })).toThrow(
      new RangeError(
        `Cannot persist lane "llm": '${option}' must be above 0 and at most 2147483647: received 0`,
      ),
    );
  }
  expect(() => persistLane(inner, memoryStore(), { maxInterruptions: -1 })).toThrow(RangeError);
  expect(() => persistLane(inner, memoryStore(), { reconstruct: "yes" as never })).toThrow(TypeError);
});

test.each<[string, unknown]>([
  ["undefined", undefined],
  ["a promise", Promise.resolve(memoryStore())],
  ["an object", { ...memoryStore(), enqueueJob() {} }],
  ["a string", "postgres://ada:secret@db"],
])("persistLane() and createSweeper() refuse a store that is %s", (received, store) => {
  const inner = createLane({ name: "llm", maxConcurrent: 1 });
  expect(() => persistLane(inner, store as never)).toThrow(TypeError);
  expect(() => persistLane(inner, store as never)).toThrow(/'store' must have the function \w+: received /);
  expect(() => createSweeper(store as never)).toThrow(
    new TypeError(
      `Cannot create sweeper: 'store' must have the function purgeFinishedJobs: received ${received}`,
    ),
  );
});

test.each<[string, unknown]>([
  ["null", null],
  ["an object", {}],
  ["a promise", Promise.resolve()],
])("persistLane() refuses an inner lane that is %s", (received, inner) => {
  expect(() => persistLane(inner as never, memoryStore())).toThrow(
    new TypeError(`Cannot persist lane: 'inner' must be a lane: received ${received}`),
  );
});

test.each<[name: string, text: string, value: unknown]>([
  ["leaseMs", `'leaseMs' must be above 0 and at most 2147483647: received "5"`, "5"],
  [
    "reconstructTimeoutMs",
    `'reconstructTimeoutMs' must be above 0 and at most 2147483647: received null`,
    null,
  ],
  ["onInterrupted", `'onInterrupted' must be a function: received "requeue"`, "requeue"],
  ["logger", "'logger' must have the function warn: received an object", {}],
  ["rebuild", "'options' has no 'rebuild', only reconstruct, ", () => {}],
])("persistLane() names a '%s' that it does not take: %s", (name, text, value) => {
  const inner = createLane({ name: "llm", maxConcurrent: 1 });
  const options = { [name]: value } as never;
  expect(() => persistLane(inner, memoryStore(), options)).toThrow(TypeError);
  expect(() => persistLane(inner, memoryStore(), options)).toThrow(`Cannot persist lane "llm": ${text}`);
});

test.each<[unknown, string]>([
  [null, "'options' must be an object: received null"],
  [{ signal: {} }, "'signal' must be an AbortSignal: received an object"],
  [{ signal: null }, "'signal' must be an AbortSignal: received null"],
])(
  "a call of a persisted lane with the options %o is refused, and nothing is stored",
  async (options, text) => {
    const store = memoryStore();
    const { lane } = startProcess(store);
    const refusal = new TypeError(`Cannot submit to lane "llm": ${text}`);
    const run = (): void => {};
    await expect(lane.run(run, options as never)).rejects.toThrow(refusal);
    await expect(lane.submit({ id: "a", run }, options as never)).rejects.toThrow(refusal);
    await expect(lane.submitWait({ id: "a", run }, options as never)).rejects.toThrow(refusal);
    await expect(lane.submit(null as never)).rejects.toThrow("'job' must be an object: received null");
    await expect(store.getJob("a")).resolves.toBe(undefined);
  },
);

test("memoryStore() refuses a clock that is no function, and options that are none", () => {
  expect(() => memoryStore({ clock: 5 as never })).toThrow("Cannot create store: 'clock' must be a function");
  expect(() => memoryStore(null as never)).toThrow("'options' must be an object: received null");
});

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
  });
}
