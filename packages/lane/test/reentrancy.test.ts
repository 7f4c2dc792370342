import { expect, test } from "vitest";
import { createLane, type Lane, LaneError } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

async function deadlockOf(wait: Promise<unknown>): Promise<LaneError> {
  const error: unknown = await wait.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof LaneError)) throw new Error(`expected a LaneError, got ${String(error)}`);
  return error;
}

test("run() inside a job of a full lane rejects with LANE_DEADLOCK and the chain, and its job is taken out", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const parent = lane.submitWait({
    id: "parent",
    run: () => deadlockOf(lane.submitWait({ id: "child", run: () => 1 })),
  });
  await expect(parent).resolves.toMatchObject({
    code: "LANE_DEADLOCK",
    message:
      'Job "parent" cannot wait for "child": no slot can become free: "parent" (llm) → "child" (llm) → "parent" (llm)',
    chain: [
      { lane: "llm", jobId: "parent" },
      { lane: "llm", jobId: "child" },
      { lane: "llm", jobId: "parent" },
    ],
  });
  await expect(lane.stats()).resolves.toMatchObject({ queued: 0, finished: 1, cancelled: 1 });
});

test("two parents that each hold one of two slots: the younger wait is refused, the other goes on", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const parent = (id: string): Promise<unknown> =>
    lane.submitWait({
      id,
      run: () => lane.submitWait({ id: `${id}-child`, run: () => id }).catch((error) => error.code),
    });
  await expect(Promise.all([parent("a"), parent("b")])).resolves.toEqual(["a", "LANE_DEADLOCK"]);
});

test("run() inside a job succeeds while a slot outside of the chain exists", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  await expect(lane.run(() => lane.run(() => "child"))).resolves.toBe("child");
});

test("a wait across two lanes that comes back to the first is refused, through timers and Promise.all", async () => {
  const a = createLane({ name: "a", maxConcurrent: 1 });
  const b = createLane({ name: "b", maxConcurrent: 1 });
  const result = a.run(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return Promise.all([b.run(() => a.run(() => "never")), Promise.resolve()]);
  });
  const error = await deadlockOf(result);
  expect(error.code).toBe("LANE_DEADLOCK");
  expect(error.chain?.map(({ lane }) => lane)).toEqual(["b", "a", "a", "b"]);
});

test("reading a ticket's result inside a job is a wait, and the ticket's job stays queued", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  let ran = false;
  const error = await lane.run(async () => {
    const ticket = await lane.submit({ id: "later", run: () => void (ran = true) });
    return deadlockOf(ticket.result);
  });
  expect(error.code).toBe("LANE_DEADLOCK");
  await tick();
  expect(ran).toBe(true);
});

test("submit() without a wait is always accepted inside a job", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const ticket = await lane.run(() => lane.submit({ id: "later", run: () => 7 }));
  await expect(ticket.result).resolves.toBe(7);
});

test("a wait for a job of a caller that is at its cap counts only that caller's jobs", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 5, maxConcurrentPerCaller: 1 });
  const own = lane.run(() => deadlockOf(lane.run(() => 1, { callerId: "ada" })), { callerId: "ada" });
  await expect(own).resolves.toMatchObject({ code: "LANE_DEADLOCK" });
  const other = lane.run(() => lane.run(() => "fine", { callerId: "bob" }), { callerId: "ada" });
  await expect(other).resolves.toBe("fine");
});

test("a cap that falls refuses the wait that can no longer end", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 2 });
  const blocker = gate(lane, "blocker");
  const parent = lane.run(() => deadlockOf(lane.run(() => 1)));
  await tick();
  await lane.setMaxConcurrent(1);
  blocker.finish();
  await expect(parent).resolves.toMatchObject({ code: "LANE_DEADLOCK" });
});

async function nest(lane: Lane, depth: number): Promise<number> {
  if (depth === 0) return 0;
  return lane.run(async ({ yieldWhile }) => 1 + (await yieldWhile(() => nest(lane, depth - 1))));
}

test("yieldWhile() lets a depth above the number of slots finish", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await expect(nest(lane, 50)).resolves.toBe(50);
  await expect(lane.stats()).resolves.toMatchObject({ running: 0, yielded: 0, finished: 50 });
});

test("yieldWhile() takes its slot again ahead of every queued job", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const order: string[] = [];
  const waited = Promise.withResolvers<void>();
  const parent = lane.run(async ({ yieldWhile }) => {
    await yieldWhile(() => waited.promise);
    order.push("parent again");
  });
  await tick();
  const first = gate(lane, "first");
  await tick();
  const second = lane.run(() => void order.push("second"), { priority: 9 });
  waited.resolve();
  await tick();
  expect(order).toEqual([]);
  first.finish();
  await Promise.all([parent, second]);
  expect(order).toEqual(["parent again", "second"]);
});

test("waits that overlap count as one: each yieldWhile() returns when all have settled", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const slow = Promise.withResolvers<string>();
  const order: string[] = [];
  const job = lane.run(({ yieldWhile }) =>
    Promise.all([
      yieldWhile(() => Promise.resolve("quick")).then((value) => order.push(value)),
      yieldWhile(() => slow.promise).then((value) => order.push(value)),
    ]),
  );
  await tick();
  await tick();
  expect(order).toEqual([]);
  slow.resolve("slow");
  await job;
  expect(order.toSorted()).toEqual(["quick", "slow"]);
});

test("yieldWhile() passes on what its wait threw, with the slot back", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const failure = new Error("child failed");
  await expect(lane.run(({ yieldWhile }) => yieldWhile(() => Promise.reject(failure)))).rejects.toBe(failure);
  await expect(lane.run(() => "next")).resolves.toBe("next");
});

test("an abort while yielded rejects yieldWhile() at once and nothing starts until running code is below the cap", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const cleanup = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  const job = lane.submitWait({
    id: "yielded",
    run: async ({ yieldWhile }) => {
      await yieldWhile(() => new Promise(() => {})).catch((error: unknown) => seen.push(error));
      await cleanup.promise;
    },
  });
  job.catch(() => {});
  await tick();
  const other = gate(lane, "other");
  const next = gate(lane, "next");
  await tick();
  expect(other.state.entered).toBe(true);
  const reason = new Error("stop");
  await lane.abort("yielded", reason);
  await tick();
  expect(seen).toEqual([reason]);
  await expect(lane.stats()).resolves.toMatchObject({ running: 2, yielded: 0 });
  other.finish();
  await tick();
  expect(next.state.entered).toBe(false);
  cleanup.resolve();
  await tick();
  expect(next.state.entered).toBe(true);
});

test("a job that closes its own lane is not waited for", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  await expect(lane.run(() => lane.close())).resolves.toEqual({ abandoned: [] });
  await expect(lane.run(() => 1)).rejects.toMatchObject({ code: "LANE_CLOSED" });
});
