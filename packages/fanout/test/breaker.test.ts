import { afterEach, expect, test, vi } from "vitest";
import type { PlacedCell } from "../src/index.ts";
import { fanout, FanoutError } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function failFor(bad: string): (task: unknown, target: string) => Promise<string> {
  return async (task, target) => {
    if (target === bad) throw new Error(`${bad} is down`);
    return `${String(task)} ${target}`;
  };
}

test("fanout() skips the rest of a key after so many failures in a row, and goes on with the others", async () => {
  const run = vi.fn<(task: number, target: string) => Promise<string>>(failFor("down"));
  const options = { maxConcurrent: 1, breaker: { failures: 3 } };
  const grid = await fanout([0, 1, 2, 3, 4], ["down", "up"], run, options);
  expect(grid.columns[0]?.map((cell) => cell.status)).toEqual([
    "rejected",
    "rejected",
    "rejected",
    "skipped",
    "skipped",
  ]);
  const { reason } = grid.skipped[0] as { reason: unknown };
  expect(reason).toBeInstanceOf(FanoutError);
  expect(reason).toMatchObject({
    code: "FANOUT_BREAKER_OPEN",
    message: "Cannot start the cell: its key failed 3 times in a row",
    cause: { message: "down is down" },
    retryable: true,
  });
  expect(grid.columns[1]?.every((cell) => cell.status === "fulfilled")).toBe(true);
  expect(run).toHaveBeenCalledTimes(8);
});

test("fanout() counts failures by key, not by target", async () => {
  const options = { maxConcurrent: 1, key: (target: string) => target[0], breaker: { failures: 2 } };
  const grid = await fanout([0], ["p1", "q1", "p2", "p3"], failFor("none"), {
    ...options,
    onCell: () => {},
  });
  expect(grid.fulfilled).toHaveLength(4);
  const run = (_task: number, target: string): string => {
    if (target.startsWith("p")) throw new Error("provider down");
    return target;
  };
  const broken = await fanout([0], ["p1", "q1", "p2", "p3"], run, options);
  expect(broken.rows[0]?.map((cell) => cell.status)).toEqual([
    "rejected",
    "fulfilled",
    "rejected",
    "skipped",
  ]);
});

test("fanout() counts from 0 again after a success of the key", async () => {
  const run = (task: number): number => {
    if (task % 3 === 2) return task;
    throw new Error("sometimes");
  };
  const grid = await fanout(Array(9).keys(), ["x"], run, { maxConcurrent: 1, breaker: { failures: 3 } });
  expect(grid.skipped).toEqual([]);
});

test("fanout() counts only failures that breaker.counts names", async () => {
  const reasons = ["bad file", "no answer", "bad file", "no answer", "unseen"];
  const run = (task: string): never => {
    throw task;
  };
  const counts = (reason: unknown): boolean => reason === "no answer";
  const grid = await fanout(reasons, ["x"], run, { maxConcurrent: 1, breaker: { failures: 2, counts } });
  expect(grid.columns[0]?.map((cell) => cell.status)).toEqual([...Array(4).fill("rejected"), "skipped"]);
});

test("fanout() counts a failure, and reports it once, when breaker.counts throws", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const counts = (): never => {
    throw new Error("hook failed");
  };
  const options = { maxConcurrent: 1, breaker: { failures: 2, counts } };
  const grid = await fanout([0, 1, 2], ["x"], () => Promise.reject(new Error("no")), options);
  expect(grid.skipped).toHaveLength(1);
  expect(warn.mock.calls).toEqual([["fanout goes on without the answer of breaker.counts: hook failed"]]);
});

test("fanout() lets cells in flight end when their key's breaker opens", async () => {
  const probe = new Probe();
  const done = fanout(["a", "b", "c"], ["x"], probe.run, { maxConcurrent: 2, breaker: { failures: 1 } });
  await probe.reject("0,0", new Error("down"));
  expect(probe.running).toEqual(["1,0"]);
  expect(probe.signal("1,0").aborted).toBe(false);
  await probe.resolve("1,0");
  expect((await done).columns[0]?.map((cell) => cell.status)).toEqual(["rejected", "fulfilled", "skipped"]);
});

test("fanout() does not try a cell again once its key's breaker is open, and rejects it with its own failure", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const probe = new Probe();
  const options = { maxConcurrent: 3, breaker: { failures: 2 }, retry: { maxAttempts: 9 } };
  const done = fanout(["a", "b", "c", "d", "e"], ["x"], probe.run, options);
  await probe.reject("0,0", "first");
  await probe.reject("1,0", "second");
  await probe.reject("2,0", "late");
  expect(vi.getTimerCount()).toBe(0);
  await probe.resolve("3,0");
  const grid = await done;
  expect(grid.rejected.map(({ taskIndex, reason }) => [taskIndex, reason])).toEqual([
    [0, "first"],
    [1, "second"],
    [2, "late"],
  ]);
  expect(grid.skipped.map(({ taskIndex }) => taskIndex)).toEqual([4]);
});

test("fanout() lets a second attempt that runs end when its key's breaker opens", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const probe = new Probe();
  const retry = { baseDelayMs: 100, random: () => 0.5 };
  const done = fanout(["a", "b"], ["x"], probe.run, { breaker: { failures: 2 }, retry });
  await probe.reject("0,0", "first");
  vi.advanceTimersByTime(50);
  await probe.reject("1,0", "second");
  expect(probe.running).toEqual(["0,0"]);
  await probe.resolve("0,0");
  expect((await done).columns[0]?.map((cell) => cell.status)).toEqual(["fulfilled", "rejected"]);
});

test("fanout() counts a cell that timed out once, though its function fails too", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const probe = new Probe();
  const options = { maxConcurrent: 1, cellTimeoutMs: 10, breaker: { failures: 2 } };
  const done = fanout(["a", "b"], ["x"], probe.run, options);
  vi.advanceTimersByTime(10);
  await probe.reject("0,0", "aborted");
  await probe.resolve("1,0");
  expect((await done).columns[0]?.map((cell) => cell.status)).toEqual(["rejected", "fulfilled"]);
});

test("fanout() opens a breaker once, though a success comes after it", async () => {
  const probe = new Probe();
  const done = fanout(Array(6).keys(), ["x"], probe.run, { maxConcurrent: 4, breaker: { failures: 1 } });
  await probe.reject("0,0", "down");
  await probe.resolve("1,0");
  await probe.reject("2,0", "down");
  await probe.reject("3,0", "down");
  const grid = await done;
  expect([grid.fulfilled.length, grid.rejected.length, grid.skipped.length]).toEqual([1, 3, 2]);
});

test("fanout() skips the cells of an open key in rows that are read later, and tells of each once", async () => {
  const told: PlacedCell<string>[] = [];
  function* tasks(): Generator<number> {
    for (let task = 0; task < 5; task += 1) yield task;
  }
  const options = {
    maxConcurrent: 1,
    breaker: { failures: 1 },
    onCell: (cell: PlacedCell<string>) => told.push(cell),
  };
  const grid = await fanout(tasks(), ["down", "up"], failFor("down"), options);
  expect(grid.skipped).toHaveLength(4);
  expect(told).toHaveLength(10);
  expect(new Set(told.map(({ taskIndex, targetIndex }) => `${taskIndex},${targetIndex}`)).size).toBe(10);
});

test("fanout() does not nest calls when 20,000 keys break at once", async () => {
  const run = (): never => {
    throw new Error("down");
  };
  const options = { maxConcurrent: Infinity, breaker: { failures: 1 } };
  const grid = await fanout([0, 1], Array(20_000).keys(), run, options);
  expect([grid.rejected.length, grid.skipped.length]).toEqual([20_000, 20_000]);
});

test("fanout() can be aborted while it reads endless tasks whose every key is open", async () => {
  const controller = new AbortController();
  function* tasks(): Generator<number> {
    for (let task = 0; ; task += 1) yield task;
  }
  const options = { breaker: { failures: 1 }, signal: controller.signal };
  const done = fanout(tasks(), ["down"], failFor("down"), options);
  await turn();
  controller.abort("stop");
  expect((await done).at(1, 0)).toMatchObject({
    status: expect.stringMatching(/skipped|rejected/) as string,
  });
});
