import { getEventListeners } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import type { CellContext } from "../src/index.ts";
import { fanout, FanoutError } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Real `setImmediate`, so that `turn` works. */
function useFakeTimeouts(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}

test("fanout() runs 8 cells at once by default", async () => {
  const probe = new Probe();
  const done = fanout(Array(5).keys(), ["x", "y", "z"], probe.run);
  expect(probe.running).toHaveLength(8);
  await probe.resolveAll();
  expect(probe.maxRunning).toBe(8);
  expect((await done).fulfilled).toHaveLength(15);
});

test.each([
  ["no cap per key", undefined],
  ["a cap per key that is not the tighter one", 2],
])(
  "fanout() starts the next cell as soon as one ends, row by row, with %s",
  async (_name, maxConcurrentPerKey) => {
    const probe = new Probe();
    const done = fanout(["a", "b"], ["x", "x", "y"], probe.run, { maxConcurrent: 2, maxConcurrentPerKey });
    expect(probe.started).toEqual(["0,0", "0,1"]);
    await probe.resolve("0,1");
    expect(probe.started).toEqual(["0,0", "0,1", "0,2"]);
    await probe.resolve("0,0");
    expect(probe.started).toEqual(["0,0", "0,1", "0,2", "1,0"]);
    await probe.resolveAll();
    expect(probe.started).toEqual(["0,0", "0,1", "0,2", "1,0", "1,1", "1,2"]);
    await done;
  },
);

test("fanout() does not let a key at its cap hold up the others", async () => {
  const probe = new Probe();
  const done = fanout(Array(4).keys(), ["slow", "fast"], probe.run, {
    maxConcurrent: 4,
    maxConcurrentPerKey: 1,
  });
  expect(probe.running).toEqual(["0,0", "0,1"]);
  await probe.resolve("0,1");
  await probe.resolve("1,1");
  await probe.resolve("2,1");
  expect(probe.running).toEqual(["0,0", "3,1"]);
  await probe.resolveAll();
  expect((await done).fulfilled).toHaveLength(8);
});

test("fanout() starts the first cell in input order whose key has room", async () => {
  const probe = new Probe();
  const options = { maxConcurrent: 3, maxConcurrentPerKey: 2, key: (name: string) => name[0] };
  const done = fanout(["a", "b"], ["p1", "p2", "p3", "q1"], probe.run, options);
  expect(probe.started).toEqual(["0,0", "0,1", "0,3"]);
  await probe.resolve("0,3");
  expect(probe.running).toEqual(["0,0", "0,1", "1,3"]);
  await probe.resolve("0,1");
  expect(probe.running).toEqual(["0,0", "1,3", "0,2"]);
  await probe.resolveAll();
  expect(probe.started.slice(5)).toEqual(["1,0", "1,1", "1,2"]);
  await done;
});

test("fanout() serves a key that is behind first, as soon as it has room", async () => {
  const probe = new Probe();
  const options = { maxConcurrent: 3, maxConcurrentPerKey: 1 };
  const done = fanout(Array(4).keys(), ["a", "b", "c", "slow"], probe.run, options);
  await probe.resolve("0,0");
  expect(probe.running).toEqual(["0,1", "0,2", "0,3"]);
  for (const place of ["0,1", "0,2", "1,0", "1,1", "1,2"]) await probe.resolve(place);
  expect(probe.running).toEqual(["0,3", "2,0", "2,1"]);
  await probe.resolve("0,3");
  expect(probe.running).toEqual(["2,0", "2,1", "1,3"]);
  await probe.resolveAll();
  await done;
});

test.each([
  ["NaN", NaN, NaN],
  ["0 and -0", 0, -0],
  ["the same object", probeKey(), probeKey()],
])("fanout() counts %s as one key", async (_name, first, second) => {
  const probe = new Probe();
  const done = fanout(["a"], [first, second], probe.run, { maxConcurrentPerKey: 1 });
  expect(probe.running).toEqual(["0,0"]);
  await probe.resolveAll();
  await done;
});

function probeKey(): object {
  return Probe;
}

test("fanout() counts equal strings as one key and equal objects as two", async () => {
  const probe = new Probe();
  const done = fanout(["a"], ["k", "k", { id: 1 }, { id: 1 }], probe.run, { maxConcurrentPerKey: 1 });
  expect(probe.running).toEqual(["0,0", "0,2", "0,3"]);
  await probe.resolveAll();
  await done;
});

test("fanout() does not nest calls when 100,000 cells throw at once without a cap", async () => {
  const failure = new Error("at once");
  const run = (): never => {
    throw failure;
  };
  const grid = await fanout(Array(1000).keys(), Array(100).keys(), run, { maxConcurrent: Infinity });
  expect(grid.rejected).toHaveLength(100_000);
});

test("fanout() rejects a cell with FANOUT_TIMEOUT at the limit and aborts its signal with the same error", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const done = fanout(["a", "b"], ["x"], probe.run, { cellTimeoutMs: 500 });
  const signal = probe.signal("0,0");
  await probe.resolve("1,0");
  vi.advanceTimersByTime(499);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  const grid = await done;
  expect(grid.rejected).toHaveLength(1);
  const { reason } = grid.rejected[0] as { reason: unknown };
  expect(reason).toBeInstanceOf(FanoutError);
  expect(reason).toMatchObject({
    name: "FanoutError",
    code: "FANOUT_TIMEOUT",
    message: "Cannot finish cell (0, 0): timed out after 500 ms",
    grid: undefined,
  });
  expect(signal.reason).toBe(reason);
  expect(grid.at(1, 0)).toEqual({ status: "fulfilled", value: "1,0" });
});

test("fanout() keeps the slot of a cell that timed out until its function returns", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const told: string[] = [];
  const options = {
    maxConcurrent: 2,
    cellTimeoutMs: 10,
    onCell: (cell: { status: string }) => told.push(cell.status),
  };
  const done = fanout(["a", "b", "c"], ["x"], probe.run, options);
  vi.advanceTimersByTime(10);
  await turn();
  expect(told).toEqual(["rejected", "rejected"]);
  expect(probe.started).toEqual(["0,0", "1,0"]);
  await probe.resolve("0,0");
  expect(probe.running).toEqual(["1,0", "2,0"]);
  await probe.resolve("2,0");
  expect((await done).rows.map(([cell]) => cell?.status)).toEqual(["rejected", "rejected", "fulfilled"]);
});

test("fanout() keeps the key's slot of a cell that timed out until its function returns", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const done = fanout(["a", "b"], ["x", "y"], probe.run, { maxConcurrentPerKey: 1, cellTimeoutMs: 10 });
  vi.advanceTimersByTime(10);
  await turn();
  expect(probe.started).toEqual(["0,0", "0,1"]);
  await probe.resolve("0,0");
  expect(probe.started).toEqual(["0,0", "0,1", "1,0"]);
  await probe.resolveAll();
  await done;
});

test("fanout() resolves when every cell has a value though a function that timed out still runs", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const done = fanout(["a"], ["x"], probe.run, { maxConcurrent: 1, cellTimeoutMs: 10 });
  vi.advanceTimersByTime(10);
  expect((await done).rejected).toHaveLength(1);
  expect(probe.running).toEqual(["0,0"]);
});

test("fanout() reads the next row for a free slot when a timeout finishes the last one that maxOpenRows admits", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const options = { maxConcurrent: 2, maxOpenRows: 1, cellTimeoutMs: 10 };
  const done = fanout(["a", "b"], ["x"], probe.run, options);
  expect(probe.running).toEqual(["0,0"]);
  vi.advanceTimersByTime(10);
  expect(probe.running).toEqual(["0,0", "1,0"]);
  await probe.resolve("1,0");
  expect((await done).rows.map(([cell]) => cell?.status)).toEqual(["rejected", "fulfilled"]);
});

test.each([
  ["resolves", (probe: Probe) => probe.resolve("0,0", "too late")],
  ["rejects", (probe: Probe) => probe.reject("0,0", new Error("too late"))],
])("fanout() keeps the value of a cell that timed out when its function %s later", async (_name, end) => {
  useFakeTimeouts();
  const probe = new Probe();
  const onCell = vi.fn<() => void>();
  const done = fanout(["a", "b"], ["x"], probe.run, { cellTimeoutMs: 10, onCell });
  vi.advanceTimersByTime(10);
  await end(probe);
  const grid = await done;
  expect(grid.at(0, 0)).toMatchObject({ status: "rejected", reason: { code: "FANOUT_TIMEOUT" } });
  expect(onCell).toHaveBeenCalledTimes(2);
});

test("fanout() leaves no timer behind", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const done = fanout(["a", "b"], ["x"], probe.run, { cellTimeoutMs: 10 });
  expect(vi.getTimerCount()).toBe(2);
  await probe.resolve("0,0");
  await probe.reject("1,0", new Error("bad"));
  await done;
  expect(vi.getTimerCount()).toBe(0);
});

test("fanout() rejects with the reason of a signal that is already aborted, before anything is read", async () => {
  const reason = new Error("shutting down");
  const [run, key] = [vi.fn<() => void>(), vi.fn<() => void>()];
  const open = vi.fn<() => Iterator<number>>();
  const unread = { [Symbol.iterator]: open };
  const options = { signal: AbortSignal.abort(reason), key };
  await expect(fanout(unread, unread, run, options)).rejects.toBe(reason);
  for (const spy of [run, key, open]) expect(spy).not.toHaveBeenCalled();
});

test("fanout() rejects with the reason when reading the targets aborts the signal", async () => {
  const controller = new AbortController();
  const run = vi.fn<() => void>();
  function* targets(): Generator<string> {
    yield "x";
    controller.abort("changed my mind");
  }
  await expect(fanout([1], targets(), run, { signal: controller.signal })).rejects.toBe("changed my mind");
  expect(run).not.toHaveBeenCalled();
});

test("fanout() resolves on abort with what is done, in flight cells rejected and the rest skipped", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const reason = new Error("user left");
  const options = { maxConcurrent: 2, signal: controller.signal };
  const done = fanout(["a", "b", "c"], ["x", "y"], probe.run, options);
  await probe.resolve("0,0");
  const signals = [probe.signal("0,0"), probe.signal("0,1"), probe.signal("1,0")];
  controller.abort(reason);
  const rejected = { status: "rejected", reason };
  const skipped = { status: "skipped", reason };
  expect((await done).rows).toEqual([
    [{ status: "fulfilled", value: "0,0" }, rejected],
    [rejected, skipped],
    [skipped, skipped],
  ]);
  expect(signals.map((signal) => signal.aborted)).toEqual([false, true, true]);
  expect(signals[1]?.reason).toBe(reason);
  expect(probe.started).toHaveLength(3);
});

test("fanout() starts nothing more when functions return after an abort", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const options = { maxConcurrent: 1, maxConcurrentPerKey: 1, signal: controller.signal };
  const done = fanout(["a", "b"], ["x", "y"], probe.run, options);
  controller.abort();
  await probe.reject("0,0", new Error("stopped"));
  expect(probe.started).toEqual(["0,0"]);
  expect((await done).skipped).toHaveLength(3);
});

test.each([
  ["run", (abort: () => void) => ({ run: abort, onCell: undefined })],
  ["onCell", (abort: () => void) => ({ run: () => undefined, onCell: abort })],
])("fanout() gives every cell one value when %s aborts the signal", async (_name, make) => {
  const controller = new AbortController();
  const { run, onCell } = make(() => controller.abort("stop"));
  const told = vi.fn<() => void>(onCell);
  const options = { maxConcurrentPerKey: 1, signal: controller.signal, onCell: told };
  const grid = await fanout([0, 1, 2], ["x", "y"], run, options);
  expect(told).toHaveBeenCalledTimes(6);
  expect(grid.fulfilled.length + grid.rejected.length + grid.skipped.length).toBe(6);
  expect(grid.skipped.length).toBeGreaterThan(0);
});

test("fanout() never calls run when onCell aborts the signal for a key that throws", async () => {
  const controller = new AbortController();
  const run = vi.fn<() => void>();
  const key = (target: string): string => {
    if (target === "broken") throw new Error("no provider");
    return target;
  };
  const onCell = (): void => controller.abort("stop");
  const grid = await fanout([1, 2], ["x", "broken"], run, { key, onCell, signal: controller.signal });
  expect(grid.rows.map((row) => row.map((cell) => cell.status))).toEqual([
    ["skipped", "rejected"],
    ["skipped", "rejected"],
  ]);
  expect(run).not.toHaveBeenCalled();
});

test("fanout() keeps a rejected key rejected when the rest is skipped", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const failure = new Error("no provider");
  const key = (target: string): string => {
    if (target === "broken") throw failure;
    return target;
  };
  const options = { maxConcurrent: 1, key, signal: controller.signal };
  const done = fanout(["a", "b"], ["broken", "x"], probe.run, options);
  controller.abort("stop");
  expect((await done).rows[1]).toEqual([
    { status: "rejected", reason: failure },
    { status: "skipped", reason: "stop" },
  ]);
});

test("fanout() gives each cell its own signal", async () => {
  useFakeTimeouts();
  const probe = new Probe();
  const outer = new AbortController();
  const done = fanout(["a", "b"], ["x"], probe.run, {
    maxConcurrent: 2,
    cellTimeoutMs: 10,
    signal: outer.signal,
  });
  const first = probe.signal("0,0");
  expect(probe.signal("0,0")).toBe(first);
  expect(new Set([first, probe.signal("1,0"), outer.signal]).size).toBe(3);
  await probe.resolve("1,0");
  vi.advanceTimersByTime(10);
  await done;
  expect(first.aborted).toBe(true);
  expect(probe.signal("1,0").aborted).toBe(false);
  expect(outer.signal.aborted).toBe(false);
});

test("fanout() shows an abort to a function that reads its signal only later", async () => {
  const controller = new AbortController();
  let context: CellContext | undefined;
  const run = (_task: number, _target: string, cell: CellContext): Promise<never> => {
    context = cell;
    return new Promise(() => {});
  };
  const done = fanout([1], ["x"], run, { signal: controller.signal });
  controller.abort("stop");
  await done;
  expect(context?.signal.reason).toBe("stop");
});

test("fanout() holds one listener on the signal for 10,000 cells and none afterwards", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<number>();
  const run = async (_task: number, _target: number, cell: CellContext): Promise<void> => {
    listeners.add(getEventListeners(signal, "abort").length);
    await Promise.resolve(cell.signal.aborted);
  };
  await fanout(Array(100).keys(), Array(100).keys(), run, { maxConcurrent: 64, signal });
  expect([...listeners]).toEqual([1]);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});

test("fanout() leaves no listener on the signal when reading the tasks fails", async () => {
  const { signal } = new AbortController();
  const tasks = {
    [Symbol.iterator]: () => ({
      next: (): never => {
        throw new Error("broken");
      },
    }),
  };
  await expect(fanout(tasks, ["x"], () => 1, { signal })).rejects.toThrow(FanoutError);
  expect(getEventListeners(signal, "abort")).toEqual([]);
});
