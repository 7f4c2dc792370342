import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FanoutOptions } from "../src/index.ts";
import { fanout } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Always half of the longest delay. */
const half = { baseDelayMs: 100, random: () => 0.5 };

/** Runs one cell that fails with each reason in turn, and gives the delay before each further attempt. */
async function delaysOf(reasons: readonly unknown[], retry: FanoutOptions["retry"]) {
  const left = [...reasons];
  const run = vi.fn<() => Promise<string>>(async () => {
    if (left.length > 0) throw left.shift();
    return "done";
  });
  const done = fanout(["a"], ["x"], run, { retry });
  const delaysMs: number[] = [];
  for (let calls = 1; ; calls += 1) {
    await turn();
    if (vi.getTimerCount() === 0) return { delaysMs, cell: (await done).at(0, 0), calls };
    let ms = 0;
    for (; run.mock.calls.length === calls; ms += 1) vi.advanceTimersByTime(1);
    delaysMs.push(ms);
  }
}

test("fanout() tries a cell that failed again, with the number of the attempt", async () => {
  const attempts: number[] = [];
  const run = async (_task: string, _target: string, { attempt }: { attempt: number }): Promise<string> => {
    attempts.push(attempt);
    if (attempt < 3) throw new Error("not yet");
    return "at last";
  };
  const done = fanout(["a"], ["x"], run, { retry: half });
  for (const delayMs of [50, 100]) {
    await turn();
    vi.advanceTimersByTime(delayMs);
  }
  expect((await done).at(0, 0)).toEqual({ status: "fulfilled", value: "at last" });
  expect(attempts).toEqual([1, 2, 3]);
});

test("fanout() rejects a cell with the last failure after three attempts by default", async () => {
  const { cell, calls } = await delaysOf([1, 2, 3, 4], half);
  expect(cell).toEqual({ status: "rejected", reason: 3 });
  expect(calls).toBe(3);
});

test("fanout() waits for a random part of a delay that doubles up to the longest", async () => {
  const reasons = Array(6).fill("busy");
  const retry = { ...half, maxAttempts: Infinity, maxDelayMs: 600 };
  expect((await delaysOf(reasons, retry)).delaysMs).toEqual([50, 100, 200, 300, 300, 300]);
  expect((await delaysOf(reasons, { ...retry, random: () => 0.1 })).delaysMs).toEqual([
    10, 20, 40, 60, 60, 60,
  ]);
});

test.each([
  ["the reason's retryAfterMs", { retryAfterMs: 1_000 }, undefined],
  ["what options.retryAfterMs reads", { headers: { after: 1 } }, () => 1_000],
])(
  "fanout() comes back no sooner than %s asks, with the jitter on top",
  async (_name, reason, retryAfterMs) => {
    const { delaysMs } = await delaysOf([reason], { ...half, retryAfterMs });
    expect(delaysMs).toEqual([1_050]);
  },
);

test("fanout() does not try a cell again that is asked to wait longer than maxDelayMs", async () => {
  const retry = { ...half, maxDelayMs: 1_000 };
  expect((await delaysOf([{ retryAfterMs: 1_000 }], retry)).delaysMs).toEqual([1_000]);
  const reason = { retryAfterMs: 1_001 };
  expect(await delaysOf([reason], retry)).toMatchObject({ calls: 1, cell: { status: "rejected", reason } });
});

test.each([
  ["whose retryable is false", { retryable: false }, undefined],
  ["that shouldRetry turns down", new Error("bad request"), () => false],
])("fanout() does not try a cell again for a reason %s", async (_name, reason, shouldRetry) => {
  expect((await delaysOf([reason], { ...half, shouldRetry })).calls).toBe(1);
});

test.each([
  ["retry.shouldRetry throws", { shouldRetry: fail }, 1],
  ["retry.shouldRetry answers later", { shouldRetry: async () => true }, 1],
  ["retry.retryAfterMs throws", { retryAfterMs: fail }, 3],
  ["retry.retryAfterMs gives a text", { retryAfterMs: () => "1s" }, 3],
  ["retry.random throws", { random: fail }, 3],
  ["retry.random gives 7", { random: () => 7 }, 3],
])("fanout() reports once that %s, and settles the cell", async (name, functions, calls) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const outcome = await delaysOf(["no", "no", "no"], { ...half, ...(functions as object) });
  expect(outcome).toMatchObject({ calls, cell: { status: "rejected", reason: "no" } });
  expect(warn).toHaveBeenCalledTimes(1);
  const [option] = name.split(" ");
  expect(String(warn.mock.calls[0]?.[0])).toContain(`fanout goes on without the answer of ${option}: `);
});

function fail(): never {
  throw new Error("hook failed");
}

test("fanout() gives the slot of a cell that waits to others, and starts it first of its key", async () => {
  const probe = new Probe();
  const done = fanout(["a", "b", "c"], ["x"], probe.run, { maxConcurrent: 1, retry: half });
  await probe.reject("0,0", new Error("busy"));
  expect(probe.running).toEqual(["1,0"]);
  vi.advanceTimersByTime(50);
  expect(probe.running).toEqual(["1,0"]);
  await probe.resolve("1,0");
  expect(probe.running).toEqual(["0,0"]);
  await probe.resolveAll();
  expect((await done).fulfilled).toHaveLength(3);
});

test("fanout() tries a cell that timed out again with a signal of its own, and ignores the first call's value", async () => {
  const probe = new Probe();
  const options = { cellTimeoutMs: 10, retry: { ...half, maxAttempts: 2 } };
  const calls: PromiseWithResolvers<string>[] = [];
  const signals: AbortSignal[] = [];
  const done = fanout(
    ["a"],
    ["x"],
    (task, target, cell) => {
      signals.push(cell.signal);
      calls.push(Promise.withResolvers());
      void probe.run(task, target, cell);
      return (calls.at(-1) as PromiseWithResolvers<string>).promise;
    },
    options,
  );
  vi.advanceTimersByTime(10);
  expect(signals[0]?.reason).toMatchObject({ code: "FANOUT_TIMEOUT", retryable: true });
  vi.advanceTimersByTime(50);
  calls[0]?.resolve("too late");
  await turn();
  expect(signals[1]?.aborted).toBe(false);
  calls[1]?.resolve("in time");
  expect((await done).at(0, 0)).toEqual({ status: "fulfilled", value: "in time" });
  expect(vi.getTimerCount()).toBe(0);
});

test("fanout() rejects a cell that waits to be tried again with the reason of an abort, and leaves no timer", async () => {
  const controller = new AbortController();
  const run = async (): Promise<never> => {
    throw new Error("busy");
  };
  const done = fanout(["a"], ["x"], run, { retry: half, signal: controller.signal });
  await turn();
  expect(vi.getTimerCount()).toBe(1);
  controller.abort("stop");
  expect((await done).at(0, 0)).toEqual({ status: "rejected", reason: "stop" });
  expect(vi.getTimerCount()).toBe(0);
});

test("fanout() drops an attempt that is due but has no slot when its fan-out is aborted", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const options = { maxConcurrent: 1, retry: half, signal: controller.signal };
  const done = fanout(["a", "b"], ["x"], probe.run, options);
  await probe.reject("0,0", new Error("busy"));
  vi.advanceTimersByTime(50);
  controller.abort("stop");
  await probe.resolve("1,0");
  expect((await done).rejected.map(({ reason }) => reason)).toEqual(["stop", "stop"]);
  expect(probe.started).toEqual(["0,0", "1,0"]);
});
