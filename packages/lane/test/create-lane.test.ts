import { getEventListeners } from "node:events";
import { expect, test, vi } from "vitest";
import { createLane, type Lane } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

test("createLane() never runs more code than its cap", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 3 });
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await tick();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 50 }, () => lane.run(work)));
  expect(most).toBe(3);
});

test("run() resolves with the value and rejects with the very error that the work threw", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const failure = new Error("model unavailable");
  await expect(lane.run(() => 42)).resolves.toBe(42);
  await expect(
    lane.run(() => {
      throw failure;
    }),
  ).rejects.toBe(failure);
  await expect(lane.run(() => Promise.reject(failure))).rejects.toBe(failure);
  await expect(lane.stats()).resolves.toMatchObject({ finished: 1, failed: 2, running: 0 });
});

test("run() shares the slots between callers however many jobs one of them has queued", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const order: string[] = [];
  const ask = (callerId: string) => lane.run(() => void order.push(callerId), { callerId });
  await Promise.all([
    ...Array.from({ length: 20 }, () => ask("ada")),
    ...Array.from({ length: 3 }, () => ask("bob")),
  ]);
  expect(order.slice(0, 7).filter((callerId) => callerId === "bob")).toHaveLength(3);
});

test("run() starts the higher priority first", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const blocker = gate(lane, "blocker");
  const order: number[] = [];
  const jobs = [0, 1, 2].map((priority) => lane.run(() => void order.push(priority), { priority }));
  blocker.finish();
  await Promise.all(jobs);
  expect(order).toEqual([2, 1, 0]);
});

test("submit() resolves once queued, with a ticket whose result can be ignored", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const unhandled = vi.fn<() => void>();
  process.on("unhandledRejection", unhandled);
  const ticket = await lane.submit({ id: "a", run: () => Promise.reject(new Error("ignored")) });
  await tick();
  await tick();
  process.off("unhandledRejection", unhandled);
  expect(ticket.jobId).toBe("a");
  expect(unhandled).not.toHaveBeenCalled();
  await expect(ticket.result).rejects.toThrow("ignored");
});

test("submit() rejects a known id with LANE_DUPLICATE and its state, and never makes a second job", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const running = gate(lane, "a");
  gate(lane, "b");
  const run = vi.fn<() => void>();
  await expect(lane.submit({ id: "a", run })).rejects.toMatchObject({
    code: "LANE_DUPLICATE",
    message: 'Cannot submit job "a" to lane "llm": a job of that id is running',
  });
  await expect(lane.submit({ id: "b", run })).rejects.toMatchObject({
    message: 'Cannot submit job "b" to lane "llm": a job of that id is queued',
  });
  running.finish();
  await tick();
  expect(run).not.toHaveBeenCalled();
});

test("submit() rejects a bad job naming the option and the value, and registers nothing", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const run = (): void => {};
  await expect(lane.submit({ id: "", run })).rejects.toThrow(TypeError);
  await expect(lane.submit({ id: "a", run: 5 as never })).rejects.toThrow(
    `Cannot submit job "a" to lane "llm": 'run' must be a function: received 5`,
  );
  await expect(lane.submit({ id: "a", callerId: "", run })).rejects.toThrow(
    `Cannot submit job "a" to lane "llm": 'callerId' must be a string that is not empty: received ""`,
  );
  await expect(lane.submit({ id: "a", priority: Number.NaN, run })).rejects.toThrow(
    `Cannot submit job "a" to lane "llm": 'priority' must be a finite number: received NaN`,
  );
  await expect(lane.stats()).resolves.toMatchObject({ submitted: 0, queued: 0 });
});

test.each([
  [
    { name: "", maxConcurrent: 1 },
    `Cannot create lane: 'name' must be a string that is not empty: received ""`,
  ],
  [
    { name: "llm", maxConcurrent: Number.NaN },
    `'maxConcurrent' must be a whole number of at least 0, or Infinity: received NaN`,
  ],
  [
    { name: "llm", maxConcurrent: -1 },
    `'maxConcurrent' must be a whole number of at least 0, or Infinity: received -1`,
  ],
  [
    { name: "llm", maxConcurrent: 1.5 },
    `'maxConcurrent' must be a whole number of at least 0, or Infinity: received 1.5`,
  ],
  [
    { name: "llm", maxConcurrent: "4" as never },
    `'maxConcurrent' must be a whole number of at least 0, or Infinity: received "4"`,
  ],
  [
    { name: "llm", maxConcurrent: 1, aging: { turnsPerLevel: 0 } },
    `'aging.turnsPerLevel' must be a whole number of at least 1`,
  ],
])("createLane() refuses %o", (options, message) => {
  expect(() => createLane(options)).toThrow(message);
});

test("a signal that has already aborted rejects with its reason before anything is registered", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const reason = new Error("too late");
  await expect(lane.run(() => 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await expect(lane.stats()).resolves.toMatchObject({ submitted: 0 });
});

test("a signal that aborts while the job is queued cancels it", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const blocker = gate(lane, "blocker");
  const controller = new AbortController();
  const run = vi.fn<() => void>();
  const queued = lane.run(run, { signal: controller.signal });
  const reason = new Error("never mind");
  controller.abort(reason);
  await expect(queued).rejects.toBe(reason);
  blocker.finish();
  await tick();
  expect(run).not.toHaveBeenCalled();
  await expect(lane.stats()).resolves.toMatchObject({ cancelled: 1, queued: 0 });
});

test("a signal that aborts while the job runs rejects at once and keeps the slot until its code settles", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const controller = new AbortController();
  const code = Promise.withResolvers<void>();
  let seen: AbortSignal | undefined;
  const stubborn = lane.run(
    ({ signal }) => {
      seen = signal;
      return code.promise;
    },
    { signal: controller.signal },
  );
  await tick();
  const next = gate(lane, "next");
  const reason = new Error("caller left");
  controller.abort(reason);
  await expect(stubborn).rejects.toBe(reason);
  expect(seen?.reason).toBe(reason);
  await tick();
  expect(next.state.entered).toBe(false);
  code.reject(reason);
  await tick();
  expect(next.state.entered).toBe(true);
  await expect(lane.stats()).resolves.toMatchObject({ cancelled: 1, running: 1 });
});

test("submitWait() leaves no listener behind on a signal that 10,000 jobs share", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 8 });
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 10_000 }, () => lane.run(() => 1, { signal })));
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("cancel() takes a queued job out and rejects its promise with LANE_CANCELLED", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  gate(lane, "blocker");
  const queued = gate(lane, "a");
  await lane.cancel("a");
  await expect(queued.result).rejects.toMatchObject({
    code: "LANE_CANCELLED",
    message: 'Job "a" was cancelled while queued in lane "llm"',
  });
  await expect(lane.cancel("a")).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
});

test("cancel() of a running job is refused with LANE_NOT_QUEUED and leaves it alone", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const running = gate(lane, "a");
  await tick();
  await expect(lane.cancel("a")).rejects.toMatchObject({
    code: "LANE_NOT_QUEUED",
    message: 'Cannot cancel job "a": it is running in lane "llm"',
  });
  running.finish();
  await expect(running.result).resolves.toBe("a");
});

test("cancel() of an unknown id is refused with LANE_UNKNOWN_JOB", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await expect(lane.cancel("nobody")).rejects.toMatchObject({
    code: "LANE_UNKNOWN_JOB",
    message: 'Cannot cancel job "nobody": lane "llm" has no such job',
  });
});

test("a job that run() made can be aborted by the id that its code sees, and cancelled by the one that an event told", async () => {
  const ids: string[] = [];
  const lane = createLane({
    name: "llm",
    maxConcurrent: 1,
    onEvent: (event) => "jobId" in event && ids.push(event.jobId),
  });
  const running = lane.run(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const queued = lane.run(() => 1);
  running.catch(() => {});
  await lane.cancel(ids.at(-1) ?? "");
  await expect(queued).rejects.toMatchObject({ code: "LANE_CANCELLED" });
  const quiet = createLane({ name: "quiet", maxConcurrent: 1 });
  let seen = "";
  const job = quiet.run(({ jobId, signal }) => {
    seen = jobId;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  });
  await tick();
  await quiet.abort(seen);
  await expect(job).rejects.toMatchObject({ code: "LANE_ABORTED" });
});

test("setMaxConcurrent() starts what fits when raised, and aborts nothing when lowered", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 0 });
  const jobs = ["a", "b", "c"].map((id) => gate(lane, id));
  await tick();
  expect(jobs.map((job) => job.state.entered)).toEqual([false, false, false]);
  await lane.setMaxConcurrent(2);
  await tick();
  expect(jobs.map((job) => job.state.entered)).toEqual([true, true, false]);
  await lane.setMaxConcurrent(1);
  jobs[0]?.finish();
  await tick();
  expect(jobs[2]?.state.entered).toBe(false);
  expect(jobs[1]?.state.signal?.aborted).toBe(false);
  jobs[1]?.finish();
  await tick();
  expect(jobs[2]?.state.entered).toBe(true);
});

test("setMaxConcurrent() refuses a bad cap and changes nothing", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  await expect(lane.setMaxConcurrent(-1)).rejects.toThrow(RangeError);
  await expect(lane.setMaxConcurrent(Number.NaN)).rejects.toThrow(
    `Cannot change lane "llm": 'maxConcurrent' must be a whole number of at least 0, or Infinity: received NaN`,
  );
  await expect(lane.stats()).resolves.toMatchObject({ maxConcurrent: 2 });
});

test("stats() counts every submitted job in exactly one place", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await lane.run(() => 1);
  await lane.run(() => Promise.reject(new Error("no"))).catch(() => {});
  gate(lane, "running");
  gate(lane, "queued");
  gate(lane, "dropped");
  await lane.cancel("dropped");
  await expect(lane.stats()).resolves.toEqual({
    submitted: 5,
    queued: 1,
    running: 1,
    finished: 1,
    cancelled: 1,
    failed: 1,
    yielded: 0,
    maxConcurrent: 1,
  });
});

test("close() starts nothing more and rejects what is queued with LANE_CLOSED", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const running = gate(lane, "a");
  const queued = gate(lane, "b");
  await tick();
  const closed = lane.close();
  await expect(queued.result).rejects.toMatchObject({
    code: "LANE_CLOSED",
    message: 'Job "b" was still queued when lane "llm" closed',
  });
  await expect(lane.run(() => 1)).rejects.toMatchObject({ code: "LANE_CLOSED" });
  running.finish();
  await expect(closed).resolves.toEqual({ abandoned: [] });
  await expect(running.result).resolves.toBe("a");
  expect(queued.state.entered).toBe(false);
});

test("close() aborts what outlives its grace and lists what ignores its signal", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const lane = createLane({ name: "llm", maxConcurrent: 2 });
    const stubborn = gate(lane, "stubborn");
    const obedient = lane.run(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    );
    obedient.catch(() => {});
    await tick();
    const closed = lane.close({ graceMs: 500 });
    await vi.advanceTimersByTimeAsync(499);
    expect(stubborn.state.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await expect(obedient).rejects.toMatchObject({ code: "LANE_CLOSED" });
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(closed).resolves.toEqual({ abandoned: ["stubborn"] });
    await expect(stubborn.result).rejects.toMatchObject({
      code: "LANE_CLOSED",
      message: 'Lane "llm" closed while job "stubborn" ran',
    });
    stubborn.finish();
    await tick();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("close() can be called again and gives the same report", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const [first, second] = await Promise.all([lane.close(), lane.close({ graceMs: 0 })]);
  expect(second).toBe(first);
  await expect(lane.close({ graceMs: -1 })).rejects.toThrow(RangeError);
});

test("await using closes the lane at the end of the block", async () => {
  let kept: Lane;
  {
    await using lane = createLane({ name: "llm", maxConcurrent: 1 });
    kept = lane;
    await lane.run(() => 1);
  }
  await expect(kept.run(() => 1)).rejects.toMatchObject({ code: "LANE_CLOSED" });
});

test("a lane that 200,000 jobs have passed through keeps nothing of them", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 16 });
  const pass = async (count: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: count }, (_, index) => lane.run(() => index, { callerId: `caller-${index}` })),
    );
  };
  const heap = async (): Promise<number> => {
    await tick();
    globalThis.gc?.();
    return process.memoryUsage().heapUsed;
  };
  await pass(20_000);
  const before = await heap();
  for (let round = 0; round < 10; round += 1) await pass(20_000);
  expect((await heap()) - before).toBeLessThan(4 * 1024 * 1024);
  expect(globalThis.gc).toBeTypeOf("function");
});
