import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLane, type LaneEvent } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }));
afterEach(() => vi.useRealTimers());

function laneWith(options: object) {
  const events: LaneEvent[] = [];
  const lane = createLane({
    name: "llm",
    maxConcurrent: 4,
    clock: () => Date.now(),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { lane, started: () => events.filter(({ type }) => type === "job-started").length, events };
}

test("rate windows by job let no more start in any stretch of the window", async () => {
  const { lane, started } = laneWith({
    maxConcurrent: 100,
    rate: [{ limit: 2, windowMs: 1_000, by: "job" }],
  });
  const jobs = Promise.all(Array.from({ length: 5 }, () => lane.run(() => 1)));
  await tick();
  expect(started()).toBe(2);
  await vi.advanceTimersByTimeAsync(999);
  expect(started()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(started()).toBe(4);
  await vi.advanceTimersByTimeAsync(1_000);
  await jobs;
  expect(started()).toBe(5);
  expect(vi.getTimerCount()).toBe(0);
});

test("rate windows by weight are settled by what a job really used", async () => {
  const { lane, started } = laneWith({ rate: [{ limit: 100, windowMs: 1_000, by: "weight" }] });
  await lane.run(({ settleWeight }) => settleWeight(10), { weight: 80 });
  await lane.run(() => 1, { weight: 90 });
  expect(started()).toBe(2);
  const third = lane.run(() => 1, { weight: 1 });
  await tick();
  expect(started()).toBe(2);
  await vi.advanceTimersByTimeAsync(1_000);
  await third;
  expect(started()).toBe(3);
});

test("a weight that no rate window could ever admit is refused with LANE_TOO_HEAVY", async () => {
  const { lane } = laneWith({ rate: [{ limit: 100, windowMs: 1_000, by: "weight" }] });
  await expect(lane.submit({ id: "a", weight: 101, run: () => 1 })).rejects.toMatchObject({
    code: "LANE_TOO_HEAVY",
    limit: 100,
    observed: 101,
    message: 'Cannot submit job "a" to lane "llm": its weight of 101 is above the rate limit of 100',
  });
});

test("holdUntil() starts nothing before that instant, and of several the latest counts", async () => {
  const { lane, started } = laneWith({});
  const now = Date.now();
  await lane.holdUntil(now + 2_000, "429");
  await lane.holdUntil(now + 1_000, "429");
  const job = lane.run(() => 1);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(started()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  await job;
  expect(started()).toBe(1);
  await expect(lane.holdUntil(Number.NaN, "")).rejects.toThrow(RangeError);
});

test("timeoutMs aborts the job and rejects its promise at once, and its slot stays taken until its code settles", async () => {
  const { lane, events } = laneWith({ maxConcurrent: 1, stuckMs: 500 });
  const stubborn = gate(lane, "stubborn", { timeoutMs: 100 });
  const next = gate(lane, "next");
  await vi.advanceTimersByTimeAsync(100);
  await expect(stubborn.result).rejects.toMatchObject({
    code: "LANE_TIMEOUT",
    limit: 100,
    message: 'Job "stubborn" ran longer than its 100 ms in lane "llm"',
  });
  expect(stubborn.state.signal?.aborted).toBe(true);
  expect(next.state.entered).toBe(false);
  await vi.advanceTimersByTimeAsync(500);
  expect(events.at(-1)).toMatchObject({ type: "job-stuck", jobId: "stubborn", stuckMs: 500 });
  stubborn.fail(new Error("at last"));
  await tick();
  expect(next.state.entered).toBe(true);
  await expect(lane.stats()).resolves.toMatchObject({ failed: 1 });
});

test("with cap 2 and timeouts that every job ignores, no more than 2 ever run", async () => {
  const { lane } = laneWith({ maxConcurrent: 2 });
  let running = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 300));
    running -= 1;
  };
  const all = Promise.allSettled(Array.from({ length: 12 }, () => lane.run(work, { timeoutMs: 50 })));
  await vi.advanceTimersByTimeAsync(5_000);
  await all;
  expect(most).toBe(2);
});

test("abort() stops a running job through its signal and counts it as cancelled", async () => {
  const { lane } = laneWith({});
  const job = gate(lane, "a");
  const queued = gate(createLane({ name: "held", maxConcurrent: 0 }), "b");
  await tick();
  await lane.abort("a");
  await expect(job.result).rejects.toMatchObject({
    code: "LANE_ABORTED",
    message: 'Job "a" was aborted in lane "llm"',
  });
  expect(job.state.signal?.aborted).toBe(true);
  job.fail(new Error("stopped"));
  await tick();
  await expect(lane.stats()).resolves.toMatchObject({ cancelled: 1, running: 0 });
  expect(queued.state.entered).toBe(false);
});

test("abort() of a queued job is refused with LANE_NOT_RUNNING", async () => {
  const { lane } = laneWith({ maxConcurrent: 0 });
  gate(lane, "a");
  await expect(lane.abort("a")).rejects.toMatchObject({
    code: "LANE_NOT_RUNNING",
    message: 'Cannot abort job "a": it is queued in lane "llm"',
  });
  await expect(lane.abort("b")).rejects.toMatchObject({ code: "LANE_UNKNOWN_JOB" });
});

test("onEvent is told of a job's whole way, and one that throws breaks nothing", async () => {
  const { lane, events } = laneWith({});
  await lane.run(() => 1, { callerId: "ada" });
  await lane.run(() => Promise.reject(new Error("no"))).catch(() => {});
  const way = ["job-queued", "job-started", "job-ended"];
  expect(events.map(({ type }) => type)).toEqual([...way, ...way]);
  expect(events[2]).toMatchObject({
    lane: "llm",
    at: Date.now(),
    end: "finished",
    jobId: "llm#1",
    callerId: "ada",
  });
  expect(events[5]).toMatchObject({ end: "failed", reason: new Error("no") });
  const warn = vi.fn<() => void>();
  const onEvent = (): never => {
    throw new Error("listener");
  };
  const rough = createLane({ name: "llm", maxConcurrent: 1, onEvent, logger: { warn } });
  await expect(rough.run(() => 42)).resolves.toBe(42);
  expect(warn).toHaveBeenCalled();
});
