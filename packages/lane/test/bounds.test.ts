import { expect, test, vi } from "vitest";
import { createLane, type LimitFunction } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

test("maxConcurrentPerCaller holds on running code and idles no slot that another caller could use", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 3, maxConcurrentPerCaller: 2 });
  const ada = ["a1", "a2", "a3"].map((id) => gate(lane, id, { callerId: "ada" }));
  const bob = gate(lane, "b1", { callerId: "bob" });
  await tick();
  expect(ada.map(({ state }) => state.entered)).toEqual([true, true, false]);
  expect(bob.state.entered).toBe(true);
  bob.finish();
  await tick();
  expect(ada[2]?.state.entered).toBe(false);
  ada[0]?.finish();
  await tick();
  expect(ada[2]?.state.entered).toBe(true);
});

test("callerWeight gives a caller its multiple of the others' share", async () => {
  const callerWeight = (callerId?: string): number => (callerId === "ada" ? 3 : 1);
  const lane = createLane({ name: "llm", maxConcurrent: 1, callerWeight });
  const order: string[] = [];
  const ask = (callerId: string): Promise<unknown> => lane.run(() => order.push(callerId), { callerId });
  const asked = Array.from({ length: 40 }, () => [ask("ada"), ask("bob")]);
  await Promise.all(asked.flat());
  const first = order.slice(0, 40).filter((callerId) => callerId === "ada").length;
  expect(first).toBeGreaterThanOrEqual(29);
  expect(first).toBeLessThanOrEqual(31);
});

test("callerWeight that gives no share rejects the submit and registers nothing", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1, callerWeight: () => 0 });
  await expect(lane.run(() => 1, { callerId: "ada" })).rejects.toThrow(
    `'callerWeight' must give a number above 0: received 0 for "ada"`,
  );
  await expect(lane.stats()).resolves.toMatchObject({ submitted: 0, queued: 0 });
});

test("maxQueued refuses with LANE_FULL, the limit and what was there, and takes what can start at once", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1, maxQueued: 1 });
  gate(lane, "running");
  gate(lane, "queued");
  await expect(lane.submit({ id: "third", run: () => 1 })).rejects.toMatchObject({
    code: "LANE_FULL",
    retryable: true,
    limit: 1,
    observed: 1,
    message: 'Cannot submit job "third" to lane "llm": the lane\'s queue is full (1 of 1)',
  });
  const none = createLane({ name: "llm", maxConcurrent: 1, maxQueued: 0 });
  gate(none, "a");
  await expect(none.run(() => 1)).rejects.toMatchObject({ code: "LANE_FULL", limit: 0 });
});

test("maxQueuedPerCaller refuses one caller and leaves the others alone", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1, maxQueuedPerCaller: 1 });
  gate(lane, "running", { callerId: "eve" });
  gate(lane, "a1", { callerId: "ada" });
  await expect(lane.run(() => 1, { callerId: "ada" })).rejects.toMatchObject({
    code: "LANE_FULL",
    observed: 1,
  });
  gate(lane, "b1", { callerId: "bob" });
  await expect(lane.stats()).resolves.toMatchObject({ queued: 2 });
});

test("maxConcurrent can follow a function, idle or busy", async () => {
  let cap = 0;
  let changed = (): void => {};
  const unsubscribe = vi.fn<() => void>();
  const limit: LimitFunction = Object.assign(() => cap, {
    subscribe: (listener: () => void) => {
      changed = listener;
      return unsubscribe;
    },
  });
  const lane = createLane({ name: "llm", maxConcurrent: limit });
  const jobs = ["a", "b"].map((id) => gate(lane, id));
  await tick();
  expect(jobs.map(({ state }) => state.entered)).toEqual([false, false]);
  cap = 1;
  changed();
  await tick();
  expect(jobs.map(({ state }) => state.entered)).toEqual([true, false]);
  await expect(lane.setMaxConcurrent(3)).rejects.toMatchObject({
    code: "LANE_CAP_BOUND",
    message: 'Cannot change lane "llm": its cap follows a function',
  });
  for (const job of jobs) job.finish();
  await lane.close();
  expect(unsubscribe).toHaveBeenCalledTimes(1);
});

test("a cap function that throws or gives no number leaves the last value in force, and is reported once", async () => {
  let next: () => number = () => 2;
  const warn = vi.fn<(context: object, message: string) => void>();
  const lane = createLane({ name: "llm", maxConcurrent: () => next(), logger: { warn } });
  next = () => Number.NaN;
  await Promise.all([lane.run(() => 1), lane.run(() => 1), lane.run(() => 1)]);
  await expect(lane.stats()).resolves.toMatchObject({ maxConcurrent: 2, finished: 3 });
  expect(warn.mock.calls.map(([, message]) => message)).toEqual([
    'The cap of lane "llm" keeps its last value, 2',
  ]);
});
