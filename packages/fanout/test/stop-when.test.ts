import { afterEach, expect, test, vi } from "vitest";
import { first, quorum } from "../src/fold.ts";
import type { Cell } from "../src/index.ts";
import { fanout, FanoutError } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const firstSuccess = (row: readonly (Cell<string> | undefined)[]): boolean => first(row) !== undefined;

test("fanout() aborts what runs and skips what waits in a row once stopWhen says so", async () => {
  const probe = new Probe();
  const options = { maxConcurrent: 2, stopWhen: firstSuccess };
  const done = fanout(["a", "b"], ["x", "y", "z"], probe.run, options);
  await probe.resolve("0,1");
  const { reason } = probe.signal("0,0");
  expect(reason).toBeInstanceOf(FanoutError);
  expect(reason).toMatchObject({
    code: "FANOUT_STOPPED",
    message: "Cannot finish row 0: 'stopWhen' has seen enough of it",
    retryable: false,
  });
  expect(probe.running).toEqual(["0,0", "1,0"]);
  await probe.resolveAll();
  const stopped = { status: "rejected", reason };
  expect((await done).rows[0]).toEqual([
    stopped,
    { status: "fulfilled", value: "0,1" },
    { status: "skipped", reason },
  ]);
});

test("fanout() goes on in input order when a cell that was due is given up with its row", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const probe = new Probe();
  const retry = { baseDelayMs: 100, random: () => 0.5, shouldRetry: (reason: unknown) => reason === "busy" };
  // The breaker makes it count by key.
  const options = { maxConcurrent: 2, breaker: { failures: 9 }, retry, stopWhen: firstSuccess };
  const done = fanout(["a", "b"], ["x", "y", "z"], probe.run, options);
  await probe.reject("0,0", "no");
  await probe.reject("0,2", "busy");
  vi.advanceTimersByTime(50);
  expect(probe.running).toEqual(["0,1", "1,0"]);
  await probe.resolve("0,1");
  expect(probe.running).toEqual(["1,0", "1,1"]);
  await probe.resolveAll();
  await done;
});

test("fanout() keeps the slot of a cell that stopWhen stopped until its function returns", async () => {
  const probe = new Probe();
  const done = fanout(["a", "b"], ["x", "y"], probe.run, { maxConcurrent: 2, stopWhen: firstSuccess });
  await probe.resolve("0,0");
  expect(probe.running).toEqual(["0,1", "1,0"]);
  await probe.resolve("1,0");
  expect(probe.running).toEqual(["0,1"]);
  expect((await done).fulfilled).toHaveLength(2);
});

test("fanout() ends a row at a quorum, and goes on below it", async () => {
  const probe = new Probe();
  const done = fanout(["a"], ["w", "x", "y", "z"], probe.run, { stopWhen: quorum<string>(2) });
  await probe.reject("0,0", "no");
  await probe.resolve("0,1");
  expect(probe.signal("0,2").aborted).toBe(false);
  await probe.resolve("0,3");
  expect((await done).rows[0]?.map((cell) => cell.status)).toEqual([
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});

test("fanout() asks stopWhen for each cell with the row so far, and no more once it said yes", async () => {
  const probe = new Probe();
  const asked: unknown[] = [];
  const stopWhen = (row: readonly (Cell<string> | undefined)[], taskIndex: number): boolean => {
    asked.push([taskIndex, row.map((cell) => cell?.status)]);
    return asked.length === 2;
  };
  const done = fanout(["a"], ["w", "x", "y", "z"], probe.run, { stopWhen });
  await probe.reject("0,2", "no");
  await probe.resolve("0,0");
  await done;
  expect(asked).toEqual([
    [0, [undefined, undefined, "rejected", undefined]],
    [0, ["fulfilled", undefined, "rejected", undefined]],
  ]);
});

test.each([
  [
    "throws",
    (): never => {
      throw new Error("cannot count");
    },
    "cannot count",
  ],
  ["answers later", async () => Promise.reject(new Error("async")), "it gave an object"],
])("fanout() goes on when stopWhen %s, and reports it once", async (_name, stopWhen, problem) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const grid = await fanout([1, 2], ["x", "y"], (task) => task, {
    stopWhen: stopWhen as unknown as () => boolean,
  });
  await turn();
  expect(grid.fulfilled).toHaveLength(4);
  expect(warn.mock.calls).toEqual([[`fanout goes on without the answer of stopWhen: ${problem}`]]);
});

test("fanout() rejects a cell that waits to be tried again when its row is decided", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const probe = new Probe();
  const done = fanout(["a"], ["x", "y"], probe.run, { stopWhen: firstSuccess, retry: {} });
  await probe.reject("0,0", "busy");
  await probe.resolve("0,1");
  expect((await done).at(0, 0)).toMatchObject({ status: "rejected", reason: { code: "FANOUT_STOPPED" } });
  expect(vi.getTimerCount()).toBe(0);
});

test("fanout() lets go of the tasks of decided rows though a slow key has not come to them", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const seen: WeakRef<object>[] = [];
  function* tasks(): Generator<object> {
    for (;;) {
      const task = { text: "a whole file" };
      seen.push(new WeakRef(task));
      yield task;
    }
  }
  const options = {
    maxConcurrent: 2,
    maxConcurrentPerKey: 1,
    stopWhen: firstSuccess,
    signal: controller.signal,
  };
  const done = fanout(tasks(), ["slow", "fast"], probe.run, options);
  for (const row of [0, 1, 2, 3]) await probe.resolve(`${row},1`);
  await turn();
  globalThis.gc?.();
  // The function of the first slow cell still runs, and may use its task.
  expect(seen.map((task) => task.deref() === undefined)).toEqual([false, true, true, true, false]);
  controller.abort();
  await done;
});
