import { getEventListeners } from "node:events";
import { afterEach, expect, expectTypeOf, test, vi } from "vitest";
import type { PlacedCell } from "../src/index.ts";
import { FanoutError } from "../src/index.ts";
import { type CellStream, fanoutStream } from "../src/stream.ts";
import { Probe, turn } from "./probe.ts";

afterEach(() => {
  vi.useRealTimers();
});

async function gather<R>(stream: AsyncIterable<PlacedCell<R>>): Promise<PlacedCell<R>[]> {
  const cells: PlacedCell<R>[] = [];
  for await (const cell of stream) cells.push(cell);
  return cells;
}

function* countUp(): Generator<number> {
  for (let task = 0; ; task += 1) yield task;
}

test("fanoutStream() gives each cell with its place as soon as it has its value", async () => {
  const probe = new Probe();
  const stream = fanoutStream(["a", "b"], ["x", "y"], probe.run);
  const [one, two] = [stream.next(), stream.next()];
  await probe.resolve("1,0");
  expect(await one).toEqual({
    done: false,
    value: { taskIndex: 1, targetIndex: 0, status: "fulfilled", value: "1,0" },
  });
  await probe.reject("0,1", "no");
  expect((await two).value).toEqual({ taskIndex: 0, targetIndex: 1, status: "rejected", reason: "no" });
  await probe.resolveAll();
  expect((await gather(stream)).map(({ taskIndex, targetIndex }) => [taskIndex, targetIndex])).toEqual([
    [0, 0],
    [1, 1],
  ]);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("fanoutStream() reads no task and starts nothing before the first read", async () => {
  const tasks = { [Symbol.iterator]: vi.fn<() => Iterator<number>>() };
  const { signal } = new AbortController();
  const stream = fanoutStream(tasks, ["x"], () => expect.unreachable(), { signal });
  await turn();
  expect(tasks[Symbol.iterator]).not.toHaveBeenCalled();
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(await stream.return()).toEqual({ done: true, value: undefined });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("fanoutStream() is held back by a slow consumer: what runs and what waits is never more than maxConcurrent", async () => {
  const started: number[] = [];
  const run = async (task: number): Promise<void> => void started.push(task);
  const stream = fanoutStream(countUp(), ["x"], run, { maxConcurrent: 3 });
  await stream.next();
  await turn();
  expect(started).toEqual([0, 1, 2, 3]);
  await stream.next();
  await turn();
  expect(started).toHaveLength(5);
  await stream.return();
});

test("fanoutStream() is held back by a slow consumer though cells return at once", async () => {
  const run = vi.fn<() => number>(() => 1);
  const stream = fanoutStream(countUp(), ["x"], run, { maxConcurrent: 3 });
  await stream.next();
  expect(run).toHaveBeenCalledTimes(4);
  await stream.return();
});

test("fanoutStream() reads no further while maxOpenRows rows are not finished", async () => {
  const probe = new Probe();
  let read = 0;
  function* tasks(): Generator<number> {
    for (;;) yield read++;
  }
  const options = { maxConcurrentPerKey: 1, maxOpenRows: 3 };
  const stream = fanoutStream(tasks(), ["slow", "fast"], probe.run, options);
  for (const row of [0, 1, 2]) {
    const next = stream.next();
    await probe.resolve(`${row},1`);
    await next;
  }
  expect(read).toBe(3);
  expect(probe.running).toEqual(["0,0"]);
  const next = stream.next();
  await probe.resolve("0,0");
  await next;
  expect(probe.running).toEqual(["1,0", "3,1"]);
  await stream.return();
});

test("fanoutStream() holds 1,000 open rows by default", async () => {
  let read = 0;
  function* tasks(): Generator<number> {
    for (;;) yield read++;
  }
  const stream = fanoutStream(
    tasks(),
    ["slow", "fast"],
    (_task, target) => (target === "slow" ? new Promise(() => {}) : 1),
    {
      maxConcurrentPerKey: 1,
    },
  );
  for (let cell = 0; cell < 1_000; cell += 1) await stream.next();
  await turn();
  expect(read).toBe(1_000);
  await stream.return();
});

test("fanoutStream() stops everything and settles when its consumer leaves early", async () => {
  const probe = new Probe();
  const closed = vi.fn<() => IteratorResult<number>>(() => ({ done: true, value: undefined }));
  const source = countUp();
  const tasks = { [Symbol.iterator]: () => ({ next: () => source.next(), return: closed }) };
  const { signal } = new AbortController();
  const stream = fanoutStream(tasks, ["x"], probe.run, { maxConcurrent: 2, signal });
  const read = stream.next();
  await probe.resolve("0,0");
  await read;
  for await (const _cell of (queueMicrotask(() => void probe.resolve("1,0")), stream)) break;
  expect(probe.signal("2,0").reason).toBeInstanceOf(FanoutError);
  expect(probe.signal("2,0").reason).toMatchObject({
    code: "FANOUT_STOPPED",
    message: "Cannot finish the cell: nobody reads the stream any more",
  });
  expect(closed).toHaveBeenCalledTimes(1);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  const { length } = probe.started;
  await probe.resolveAll();
  expect(probe.started).toHaveLength(length);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("fanoutStream() settles reads that are pending when it is left, and waits for no function", async () => {
  const stream = fanoutStream(["a"], ["x"], () => new Promise<never>(() => {}));
  const reads = [stream.next(), stream.next()];
  expect(await stream.return()).toEqual({ done: true, value: undefined });
  expect(await Promise.all(reads)).toEqual(Array(2).fill({ done: true, value: undefined }));
});

test("fanoutStream() gives what an abort cut short, and then rejects once with its reason", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const options = { maxConcurrent: 1, signal: controller.signal };
  const stream = fanoutStream(["a", "b"], ["x", "y"], probe.run, options);
  const read = stream.next();
  controller.abort("stop");
  expect((await read).value).toMatchObject({
    taskIndex: 0,
    targetIndex: 0,
    status: "rejected",
    reason: "stop",
  });
  expect((await stream.next()).value).toMatchObject({ taskIndex: 0, targetIndex: 1, status: "skipped" });
  await expect(stream.next()).rejects.toBe("stop");
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(getEventListeners(controller.signal, "abort")).toEqual([]);
});

test("fanoutStream() rejects its first read with the reason of a signal that is aborted, before a task is read", async () => {
  const tasks = { [Symbol.iterator]: vi.fn<() => Iterator<number>>() };
  const stream = fanoutStream(tasks, ["x"], () => 1, { signal: AbortSignal.abort("gone") });
  await expect(stream.next()).rejects.toBe("gone");
  expect(tasks[Symbol.iterator]).not.toHaveBeenCalled();
});

test("fanoutStream() ends as a whole when the signal aborts after the last cell", async () => {
  const controller = new AbortController();
  const stream = fanoutStream(["a"], ["x"], () => 1, { signal: controller.signal });
  await stream.next();
  expect((await stream.next()).done).toBe(true);
  controller.abort("late");
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test("fanoutStream() rejects with FANOUT_TASKS after the cells of the rows that were read", async () => {
  async function* tasks(): AsyncGenerator<string> {
    yield "a";
    throw new Error("disk gone");
  }
  const stream = fanoutStream(tasks(), ["x", "y"], (task, target) => `${task}${target}`);
  expect([(await stream.next()).value, (await stream.next()).value]).toMatchObject([
    { value: "ax" },
    { value: "ay" },
  ]);
  await expect(stream.next()).rejects.toMatchObject({
    code: "FANOUT_TASKS",
    cause: { message: "disk gone" },
    grid: undefined,
  });
});

test("fanoutStream() answers overlapping reads in their order, at the end too", async () => {
  const stream = fanoutStream(["a", "b"], ["x"], async (task) => task);
  const reads = await Promise.all([stream.next(), stream.next(), stream.next()]);
  expect(reads.map(({ value }) => value && "value" in value && value.value)).toEqual(["a", "b", undefined]);
});

test("fanoutStream() takes an async iterable of tasks, and tells onCell as well", async () => {
  async function* tasks(): AsyncGenerator<number> {
    for (let task = 0; task < 50; task += 1) yield await Promise.resolve(task);
  }
  const onCell = vi.fn<() => void>();
  const cells = await gather(fanoutStream(tasks(), ["x", "y"], (task) => task, { onCell, maxConcurrent: 3 }));
  expect(new Set(cells.map(({ taskIndex, targetIndex }) => taskIndex * 2 + targetIndex)).size).toBe(100);
  expect(onCell).toHaveBeenCalledTimes(100);
});

test("fanoutStream() gives no cells without tasks, or without targets", async () => {
  expect(await gather(fanoutStream([], ["x"], () => 1))).toEqual([]);
  expect(await gather(fanoutStream(countUp(), [], () => 1))).toEqual([]);
});

test("fanoutStream() gives only what it ran of a grid that it resumes", async () => {
  const resume = {
    rows: [
      [
        { status: "fulfilled" as const, value: "kept" },
        { status: "skipped" as const, reason: 1 },
      ],
    ],
  };
  const cells = await gather(fanoutStream(["a", "b"], ["x", "y"], () => "new", { resume }));
  expect(cells.map(({ taskIndex, targetIndex }) => [taskIndex, targetIndex])).toEqual([
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
});

test("fanoutStream() gives the skipped cells of a key whose breaker opened, no faster than they are taken", async () => {
  let read = 0;
  function* tasks(): Generator<number> {
    while (read < 10_000) yield read++;
  }
  const run = (): never => {
    throw new Error("down");
  };
  const stream = fanoutStream(tasks(), ["x"], run, { maxConcurrent: 2, breaker: { failures: 2 } });
  await stream.next();
  await turn();
  expect(read).toBeLessThan(10);
  expect((await gather(stream)).filter(({ status }) => status === "skipped")).toHaveLength(9_998);
});

test("fanoutStream() holds at most the cells of maxOpenRows rows on top when a key is given up", async () => {
  const down = Promise.withResolvers<number>();
  const onCell = vi.fn<() => void>();
  const run = (_task: number, target: string): number | Promise<number> =>
    target === "down" ? down.promise : 1;
  const caps = { maxConcurrent: 4, maxConcurrentPerKey: 1, maxOpenRows: 50 };
  const stream = fanoutStream(countUp(), ["down", "up"], run, { ...caps, breaker: { failures: 1 }, onCell });
  for (let cell = 0; cell < 50; cell += 1) await stream.next();
  down.reject(new Error("down"));
  await turn();
  const waiting = onCell.mock.calls.length - 50;
  expect(waiting).toBeGreaterThanOrEqual(50);
  expect(waiting).toBeLessThanOrEqual(54);
  await stream.return();
});

test("fanoutStream() throws at the call when an argument is wrong", () => {
  expect(() => fanoutStream(["a"], ["x"], () => 1, { maxConcurrent: 0 })).toThrow(RangeError);
  expect(() => fanoutStream(["a"], 5 as unknown as string[], () => 1)).toThrow(TypeError);
});

test("fanoutStream() lets go of a row when its cells have their values", async () => {
  const seen: WeakRef<object>[] = [];
  function* tasks(): Generator<object> {
    for (;;) {
      const task = { text: "a whole file" };
      seen.push(new WeakRef(task));
      yield task;
    }
  }
  const stream = fanoutStream(tasks(), ["x", "y"], async () => 1, { maxConcurrent: 2 });
  for (let cell = 0; cell < 20; cell += 1) await stream.next();
  await turn();
  globalThis.gc?.();
  expect(seen.slice(0, 9).every((task) => task.deref() === undefined)).toBe(true);
  await stream.return();
});

test("fanoutStream() is typed by what run gives", () => {
  expectTypeOf(() => fanoutStream([1], ["x"], async () => true)).returns.toEqualTypeOf<CellStream<boolean>>();
});
