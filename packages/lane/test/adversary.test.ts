import { expect, test, vi } from "vitest";
import { createLane, type Lane } from "../src/index.ts";
import { gate, tick } from "./gate.ts";

/** The order in which a lane's jobs start that have these callers, when some of them are cancelled before any ends. */
async function starts(
  callerIds: readonly string[],
  cancelled: (index: number) => boolean,
): Promise<string[]> {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const blocker = gate(lane, "blocker");
  const order: string[] = [];
  const results = callerIds.map((callerId, index) =>
    lane.submitWait({ id: `job-${index}`, callerId, run: () => void order.push(callerId) }),
  );
  const all = Promise.allSettled(results);
  await Promise.all(callerIds.flatMap((_, index) => (cancelled(index) ? [lane.cancel(`job-${index}`)] : [])));
  blocker.finish();
  await all;
  return order;
}

test("a caller that cancels 9,900 of its own 10,000 jobs waits no longer for it, nor does anybody else", async () => {
  const own = Array<string>(10_000).fill("ada");
  const others = Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? "bob" : "eve"));
  const afterCancelling = await starts([...own, ...others], (index) => index < 9_900);
  const neverSubmitted = await starts([...own.slice(9_900), ...others], () => false);
  expect(afterCancelling).toEqual(neverSubmitted);
  expect(afterCancelling.slice(0, 6).toSorted()).toEqual(["ada", "ada", "bob", "bob", "eve", "eve"]);
});

test("cancelling and submitting again gains a caller nothing", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const order: string[] = [];
  const blocker = gate(lane, "blocker");
  const ask = (callerId: string, id: string): Promise<void> =>
    lane.submitWait({ id, callerId, run: () => void order.push(id) }).catch(() => {});
  const asked = [ask("bob", "bob-1"), ask("bob", "bob-2")];
  for (let round = 0; round < 100; round += 1) {
    asked.push(ask("ada", "again"));
    if (round < 99) await lane.cancel("again");
  }
  blocker.finish();
  await Promise.all(asked);
  expect(order).toEqual(["bob-1", "again", "bob-2"]);
});

test("a cap that a function raises while nothing runs is seen by the next submit, which starts what waited too", async () => {
  let cap = 0;
  const lane = createLane({ name: "llm", maxConcurrent: () => cap });
  const waited = gate(lane, "waited");
  await tick();
  cap = 2;
  expect(waited.state.entered).toBe(false);
  const next = gate(lane, "next");
  await tick();
  expect([waited.state.entered, next.state.entered]).toEqual([true, true]);
});

test("a cap that a live function raises while nothing runs starts what waits, and one that it lowers starts nothing", async () => {
  let cap = 0;
  const listeners = new Set<() => void>();
  const subscribe = (changed: () => void): (() => void) => {
    listeners.add(changed);
    return () => void listeners.delete(changed);
  };
  const change = async (value: number): Promise<void> => {
    cap = value;
    for (const changed of listeners) changed();
    await tick();
  };
  const lane = createLane({ name: "llm", maxConcurrent: Object.assign(() => cap, { subscribe }) });
  const jobs = ["a", "b", "c"].map((id) => gate(lane, id));
  const entered = (): boolean[] => jobs.map(({ state }) => state.entered);
  await change(2);
  expect(entered()).toEqual([true, true, false]);
  await change(1);
  jobs[0]?.finish();
  await tick();
  expect(entered()).toEqual([true, true, false]);
  await change(Number.POSITIVE_INFINITY);
  expect(entered()).toEqual([true, true, true]);
  for (const job of jobs) job.finish();
  await lane.close();
  expect(listeners.size).toBe(0);
});

test("a job that raises the cap of its own lane starts others beside itself, and one that holds it starts none", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const end = Promise.withResolvers<void>();
  const raiser = lane.run(async () => {
    await lane.setMaxConcurrent(2);
    await end.promise;
    await lane.setMaxConcurrent(0);
  });
  const [second, third] = [gate(lane, "second"), gate(lane, "third")];
  await tick();
  expect([second.state.entered, third.state.entered]).toEqual([true, false]);
  end.resolve();
  await raiser;
  second.finish();
  await tick();
  expect(third.state.entered).toBe(false);
  await expect(lane.stats()).resolves.toMatchObject({ queued: 1, running: 0, maxConcurrent: 0 });
});

test.each<
  [string, (lane: Lane, wait: (wait: () => Promise<unknown>) => Promise<unknown>) => Promise<unknown>]
>([
  ["in its code", (lane) => lane.close({ graceMs: 0 })],
  ["inside yieldWhile()", (lane, yieldWhile) => yieldWhile(() => lane.close({ graceMs: 0 }))],
  ["behind a timer", (lane) => tick().then(() => lane.close({ graceMs: 0 }))],
])("a job that closes its own lane %s gets the report, with the others that it stopped", async (_, close) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const lane = createLane({ name: "llm", maxConcurrent: 2 });
    const stubborn = gate(lane, "stubborn");
    const closer = lane.run(({ yieldWhile }) => close(lane, yieldWhile));
    await tick();
    const queued = gate(lane, "queued");
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(closer).resolves.toEqual({ abandoned: ["stubborn"] });
    await expect(stubborn.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
    await expect(queued.result).rejects.toMatchObject({ code: "LANE_CLOSED" });
    stubborn.finish();
    await tick();
    await expect(lane.stats()).resolves.toMatchObject({ running: 0, yielded: 0, finished: 2 });
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("a job that submits to its own lane for ever leaves others their turns", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const order: string[] = [];
  let count = 0;
  const again = (): void => {
    order.push("ada");
    count += 1;
    if (count < 1_000) void lane.submit({ id: `again-${count}`, callerId: "ada", run: again });
  };
  const first = lane.run(again, { callerId: "ada" });
  const others = ["b1", "b2", "b3"].map((id) => lane.run(() => void order.push(id), { callerId: "bob" }));
  await Promise.all([first, ...others]);
  expect(order.slice(0, 7).filter((id) => id !== "ada")).toEqual(["b1", "b2", "b3"]);
});
