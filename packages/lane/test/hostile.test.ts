import { getEventListeners } from "node:events";
import { expect, onTestFinished, test, vi } from "vitest";
import { createLane, type Lane, type LaneEvent, type LimitFunction } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

test("a listener that submits again while close() empties the queue is refused with LANE_CLOSED", async () => {
  const again: Promise<unknown>[] = [];
  const onEvent = ({ type }: LaneEvent): void => {
    if (type === "job-ended") again.push(lane.run(() => 1).catch((error) => error.code));
  };
  const lane: Lane = createLane({ name: "llm", maxConcurrent: 0, onEvent });
  const queued = gate(lane, "queued");
  await lane.close();
  await expect(Promise.all(again)).resolves.toEqual(["LANE_CLOSED"]);
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
});

test("a listener that cancels other jobs while close() empties the queue breaks nothing", async () => {
  const onEvent = (event: LaneEvent): void => {
    if (event.type === "job-ended") void lane.cancel("b").catch(() => {});
  };
  const lane: Lane = createLane({ name: "llm", maxConcurrent: 0, onEvent });
  const jobs = ["a", "b", "c"].map((id) => gate(lane, id).result.catch((error) => error.code));
  await expect(lane.close()).resolves.toEqual({ abandoned: [] });
  await expect(Promise.all(jobs)).resolves.toEqual(["LANE_CLOSED", "LANE_CANCELLED", "LANE_CLOSED"]);
});

test("close() ends everything although the limit's unsubscribe throws", async () => {
  const warn = vi.fn<() => void>();
  const subscribe = (): (() => void) => () => {
    throw new Error("gone");
  };
  const limit: LimitFunction = Object.assign(() => 0, { subscribe });
  const lane = createLane({ name: "llm", maxConcurrent: limit, logger: { warn } });
  const queued = gate(lane, "queued");
  await expect(lane.close()).resolves.toEqual({ abandoned: [] });
  await expect(queued.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
  expect(warn).toHaveBeenCalledTimes(1);
});

test("a job that closes its lane when it closes already is not waited for either", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const job = lane.run(async () => {
    await tick();
    return lane.close();
  });
  await expect(lane.close({ graceMs: Number.POSITIVE_INFINITY })).resolves.toEqual({ abandoned: [] });
  await expect(job).resolves.toEqual({ abandoned: [] });
});

test("a wait in the shared bucket at its cap is refused whoever else runs", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 5, maxConcurrentPerCaller: 1 });
  const bob = gate(lane, "bob", { callerId: "bob" });
  const code = lane.run(() => lane.run(() => 1).catch((error) => error.code));
  await tick();
  bob.finish();
  await expect(code).resolves.toBe("LANE_DEADLOCK");
});

test("a wait begun inside yieldWhile() that its own slot then blocks is refused", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const waited = Promise.withResolvers<void>();
  const job = lane.run(async ({ yieldWhile }) => {
    let child: Promise<unknown> | undefined;
    await yieldWhile(async () => {
      await tick();
      child = lane.run(() => 1).catch((error) => error.code);
      await waited.promise;
    });
    return child;
  });
  const other = gate(lane, "other");
  await tick();
  await tick();
  waited.resolve();
  await tick();
  other.finish();
  await expect(job).resolves.toBe("LANE_DEADLOCK");
});

test("a wait for a yielded job is refused when the cap has fallen to the one that waits", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const open = Promise.withResolvers<void>();
  const ticket = await lane.submit({
    id: "yielded",
    run: ({ yieldWhile }) => yieldWhile(() => open.promise),
  });
  await tick();
  const other = gate(lane, "other");
  const waiter = lane.run(() => ticket.result.catch((error) => error.code));
  await tick();
  await lane.setMaxConcurrent(1);
  other.finish();
  await tick();
  open.resolve();
  await expect(waiter).resolves.toBe("LANE_DEADLOCK");
});

test("a refused wait whose job has been entered stops that job", async () => {
  const lane = createLane({ name: "a", maxConcurrent: 2 });
  const outer = createLane({ name: "b", maxConcurrent: 1 });
  const older = lane.run(() => lane.run(() => "older").catch((error) => error.code));
  const other = gate(lane, "other");
  await tick();
  const yields = Promise.withResolvers<void>();
  const child = (): Promise<unknown> =>
    lane.run(
      async ({ yieldWhile }) => {
        await yields.promise;
        await yieldWhile(() => new Promise(() => {}));
      },
      { priority: 1 },
    );
  const parent = outer.run(() => child().catch((error) => error.code));
  await tick();
  await lane.setMaxConcurrent(3);
  await tick();
  await lane.setMaxConcurrent(2);
  yields.resolve();
  await tick();
  await lane.setMaxConcurrent(1);
  other.finish();
  await expect(parent).resolves.toBe("LANE_DEADLOCK");
  await expect(older).resolves.toBe("LANE_DEADLOCK");
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, running: 0, yielded: 0, cancelled: 2 });
});

test("cancel() of a job that a rate window keeps waiting lets the next one start", async () => {
  const rate = [{ limit: 10, windowMs: 60_000, by: "weight" }] as const;
  const lane = createLane({ name: "llm", maxConcurrent: 2, rate });
  await lane.run(() => 1, { weight: 5 });
  const heavy = gate(lane, "heavy", { weight: 9 });
  const light = gate(lane, "light", { weight: 1 });
  await lane.cancel("heavy");
  await tick();
  expect(light.state.entered).toBe(true);
  await expect(heavy.result).rejects.toMatchObject({ code: "LANE_CANCELLED" });
});

test("a rate window's timer ends when the job that waited for it starts earlier", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const rate = [{ limit: 10, windowMs: 60_000, by: "weight" }] as const;
  const lane = createLane({ name: "llm", maxConcurrent: 2, rate });
  let second: Promise<unknown> | undefined;
  await lane.run(
    async ({ settleWeight }) => {
      second = lane.submit({ id: "second", weight: 9, run: () => 1 });
      await second;
      settleWeight(1);
    },
    { weight: 10 },
  );
  await second;
  expect(vi.getTimerCount()).toBe(0);
});

test("maxQueued: 0 takes a job as soon as the cap's function has room for it", async () => {
  let cap = 0;
  const lane = createLane({ name: "llm", maxConcurrent: () => cap, maxQueued: 0 });
  await expect(lane.run(() => 1)).rejects.toMatchObject({ code: "LANE_FULL" });
  cap = 1;
  await expect(lane.run(() => 1)).resolves.toBe(1);
});

test("onEvent that rejects is reported and breaks nothing", async () => {
  const warn = vi.fn<() => void>();
  const onEvent = (): Promise<void> => Promise.reject(new Error("sink"));
  const lane = createLane({ name: "llm", maxConcurrent: 1, onEvent, logger: { warn } });
  await expect(lane.run(() => 1)).resolves.toBe(1);
  await tick();
  expect(warn).toHaveBeenCalledTimes(3);
});

test("what onEvent starts is no wait of the job in whose code the event happened", async () => {
  const inner: Promise<unknown>[] = [];
  const onEvent = (event: LaneEvent): void => {
    if (event.type === "job-queued" && event.jobId === "child") inner.push(lane.run(() => "from listener"));
  };
  const lane: Lane = createLane({ name: "llm", maxConcurrent: 1, onEvent });
  await lane.run(() => lane.submit({ id: "child", run: () => 1 }));
  await expect(Promise.all(inner)).resolves.toEqual(["from listener"]);
});

test("a returned promise with a then or a constructor of its own is taken as await takes it, and frees its slot", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const twice = Object.assign(Promise.resolve(1), {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    then(resolve: (value: number) => void, reject: (reason: unknown) => void) {
      resolve(7);
      reject(new Error("late"));
    },
  });
  await expect(lane.run(() => twice as unknown as Promise<number>)).resolves.toBe(await twice);
  const failure = new Error("constructor");
  const broken = Object.defineProperty(Promise.resolve(1), "constructor", {
    get() {
      throw failure;
    },
  });
  await expect(lane.run(() => broken)).rejects.toBe(failure);
  await expect(lane.stats()).resolves.toMatchObject({ running: 0, finished: 1, failed: 1 });
});

test("an abort from the listener of an abort leaves one reason and no timer", async () => {
  const stuck = vi.fn<() => void>();
  const onEvent = (event: LaneEvent): void => {
    if (event.type === "job-resumed") void lane.abort("job", "second");
    if (event.type === "job-stuck") stuck();
  };
  const lane: Lane = createLane({ name: "llm", maxConcurrent: 1, onEvent, stuckMs: 1 });
  const job = lane.submitWait({
    id: "job",
    run: ({ yieldWhile }) => yieldWhile(() => new Promise(() => {})),
  });
  const ended = job.catch((reason: unknown) => reason);
  await tick();
  await lane.abort("job", "first");
  await expect(ended).resolves.toBe("first");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(stuck).not.toHaveBeenCalled();
});

test("callerWeight of any size leaves priority in force", async () => {
  const callerWeight = (callerId?: string): number => (callerId === "admin" ? 1e17 : 1);
  const lane = createLane({ name: "llm", maxConcurrent: 1, callerWeight });
  const order: string[] = [];
  const blocker = gate(lane, "blocker");
  const ask = (id: string, priority = 0): Promise<unknown> =>
    lane.run(() => order.push(id), { callerId: id, priority });
  const asked = [ask("ada"), ask("admin"), ask("bob"), ask("carl")];
  blocker.finish();
  await tick();
  const second = gate(lane, "second", { callerId: "eve" });
  asked.push(ask("low"), ask("high", 5));
  second.finish();
  await Promise.all(asked);
  expect(order.slice(-2)).toEqual(["high", "low"]);
});

test("a job that run() made leaves another's id alone", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const named = gate(lane, "llm#2");
  await lane.run(() => 1);
  await expect(lane.submit({ id: "llm#2", run: () => 1 })).rejects.toMatchObject({ code: "LANE_DUPLICATE" });
  named.finish();
});

test("100,000 jobs on one signal give it one listener, and an abort reaches them all", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 0 });
  const controller = new AbortController();
  const { signal } = controller;
  const results = Array.from({ length: 100_000 }, () => lane.run(() => 1, { signal }));
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  const reason = new Error("gone");
  controller.abort(reason);
  const settled = await Promise.allSettled(results);
  expect(settled.every((result) => result.status === "rejected" && result.reason === reason)).toBe(true);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
