import { afterEach, expect, test, vi } from "vitest";
import { fanout, FanoutError } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** 0, 1, 2 … without end, counting what was read and whether it was closed. */
class Counter implements Iterable<number> {
  read = 0;
  closed = 0;

  [Symbol.iterator](): Iterator<number> {
    return {
      next: () => ({ done: false, value: this.read++ }),
      return: () => {
        this.closed += 1;
        return { done: true, value: undefined };
      },
    };
  }
}

test("fanout() reads a task only when no cell of the rows read so far may start", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const tasks = new Counter();
  const done = fanout(tasks, ["x", "y"], probe.run, { maxConcurrent: 3, signal: controller.signal });
  expect(tasks.read).toBe(2);
  await probe.resolve("0,0");
  expect(probe.running).toHaveLength(3);
  expect(tasks.read).toBe(2);
  await probe.resolve("0,1");
  expect(tasks.read).toBe(3);
  controller.abort();
  await done;
});

test("fanout() reads no further while every key is at its cap", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const tasks = new Counter();
  const options = { maxConcurrent: 100, maxConcurrentPerKey: 2, signal: controller.signal };
  const done = fanout(tasks, ["x", "y"], probe.run, options);
  expect(probe.running).toHaveLength(4);
  expect(tasks.read).toBe(2);
  controller.abort();
  await done;
});

test("fanout() closes the tasks on abort and leaves rows that were never read out of the grid", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const tasks = new Counter();
  const done = fanout(tasks, ["x"], probe.run, { maxConcurrent: 2, signal: controller.signal });
  controller.abort();
  expect((await done).rows).toHaveLength(2);
  expect(tasks).toMatchObject({ read: 2, closed: 1 });
});

test("fanout() does not close tasks that were read to their end", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  const closed = vi.fn<() => IteratorResult<string>>();
  const tasks = ["a"].values();
  const source = { [Symbol.iterator]: () => ({ next: () => tasks.next(), return: closed }) };
  const done = fanout(source, ["x"], probe.run, { signal: controller.signal });
  controller.abort();
  await done;
  expect(closed).not.toHaveBeenCalled();
});

test.each([
  ["an array", ["a", "b", "c"]],
  ["a Set", new Set(["a", "b", "c"])],
])("fanout() shows the unread tasks of %s as skipped on abort", async (_name, tasks) => {
  const probe = new Probe();
  const controller = new AbortController();
  const done = fanout(tasks, ["x"], probe.run, { maxConcurrent: 1, signal: controller.signal });
  controller.abort("stop");
  expect((await done).rows.map(([cell]) => cell?.status)).toEqual(["rejected", "skipped", "skipped"]);
});

test("fanout() takes tasks from an async iterable, one read at a time", async () => {
  let reading = 0;
  let most = 0;
  let left = 5;
  const next = async (): Promise<IteratorResult<number>> => {
    reading += 1;
    most = Math.max(most, reading);
    await turn();
    reading -= 1;
    return left-- > 0 ? { done: false, value: left } : { done: true, value: undefined };
  };
  const grid = await fanout({ [Symbol.asyncIterator]: () => ({ next }) }, ["x", "y"], (task) => task);
  expect(grid.columns[0]).toEqual([4, 3, 2, 1, 0].map((value) => ({ status: "fulfilled", value })));
  expect(most).toBe(1);
});

test("fanout() resolves on abort though an async read never ends", async () => {
  const controller = new AbortController();
  const close = vi.fn<() => Promise<never>>(() => new Promise<never>(() => {}));
  const tasks = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}), return: close }),
  };
  const done = fanout(tasks, ["x"], () => 1, { signal: controller.signal });
  controller.abort();
  expect((await done).rows).toEqual([]);
  expect(close).toHaveBeenCalledTimes(1);
});

test("fanout() drops a task that arrives after the abort", async () => {
  const controller = new AbortController();
  const read = Promise.withResolvers<IteratorResult<string>>();
  const run = vi.fn<() => void>();
  const tasks = { [Symbol.asyncIterator]: () => ({ next: () => read.promise }) };
  const done = fanout(tasks, ["x"], run, { signal: controller.signal });
  controller.abort();
  read.resolve({ done: false, value: "late" });
  await turn();
  expect((await done).rows).toEqual([]);
  expect(run).not.toHaveBeenCalled();
});

test("fanout() closes a generator that aborts the signal while it is read", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const controller = new AbortController();
  let closed = false;
  function* tasks(): Generator<number> {
    try {
      yield 1;
      controller.abort("from within");
      yield 2;
    } finally {
      closed = true;
    }
  }
  const grid = await fanout(tasks(), ["x"], (task) => task, { signal: controller.signal });
  expect(grid.rows.length).toBe(1);
  expect(closed).toBe(true);
  expect(warn).not.toHaveBeenCalled();
});

test.each([
  ["throws", (): never => refuse()],
  ["rejects", async (): Promise<never> => refuse()],
])("fanout() reports tasks whose closing %s and resolves", async (_name, close) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const endless = { next: async () => ({ done: false as const, value: 1 }), return: close };
  const controller = new AbortController();
  const pending = (): Promise<void> => new Promise(() => {});
  const tasks = { [Symbol.asyncIterator]: () => endless };
  const done = fanout(tasks, ["x"], pending, { maxConcurrent: 3, signal: controller.signal });
  await turn();
  controller.abort();
  expect((await done).rows).toHaveLength(3);
  await turn();
  expect(warn.mock.calls).toEqual([["fanout could not close the tasks: refused"]]);
});

test("fanout() finishes the rows it has read and rejects with FANOUT_TASKS when reading throws", async () => {
  const probe = new Probe();
  const failure = new Error("disk gone");
  function* tasks(): Generator<string> {
    yield "a";
    yield "b";
    throw failure;
  }
  const done = fanout(tasks(), ["x", "y"], probe.run, { maxConcurrent: 5, maxConcurrentPerKey: 2 });
  const outcome = done.catch((error: unknown) => error);
  await probe.resolveAll();
  const error = (await outcome) as FanoutError;
  expect(error).toBeInstanceOf(FanoutError);
  expect(error).toMatchObject({
    code: "FANOUT_TASKS",
    message: "Cannot read task 2: the tasks threw",
    cause: failure,
  });
  expect(error.grid?.fulfilled).toHaveLength(4);
});

test.each([
  ["when it is opened", { [Symbol.asyncIterator]: () => refuse() }],
  [
    "when it is read",
    { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("refused")) }) },
  ],
  ["when a plain one is opened", { [Symbol.iterator]: () => refuse() }],
])(
  "fanout() rejects with FANOUT_TASKS and an empty grid for an iterable that fails %s",
  async (_name, tasks) => {
    const error: unknown = await fanout(tasks, ["x"], () => 1).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "FANOUT_TASKS", cause: { message: "refused" }, grid: { rows: [] } });
  },
);

function refuse(): never {
  throw new Error("refused");
}

test("fanout() still rejects with FANOUT_TASKS when the signal aborts after reading threw", async () => {
  const probe = new Probe();
  const controller = new AbortController();
  function* tasks(): Generator<string> {
    yield "a";
    throw new Error("disk gone");
  }
  const done = fanout(tasks(), ["x"], probe.run, { signal: controller.signal });
  controller.abort("stop");
  await expect(done).rejects.toMatchObject({
    code: "FANOUT_TASKS",
    grid: { rows: [[{ status: "rejected", reason: "stop" }]] },
  });
});

test.each([
  ["reports a read that fails after the abort", new Error("broken pipe"), 1],
  ["says nothing of a read that fails with the reason of the abort", "stop", 0],
])("fanout() %s", async (_name, failure, warnings) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const controller = new AbortController();
  const read = Promise.withResolvers<never>();
  const tasks = { [Symbol.asyncIterator]: () => ({ next: () => read.promise }) };
  const done = fanout(tasks, ["x"], () => 1, { signal: controller.signal });
  controller.abort("stop");
  read.reject(failure);
  await done;
  await turn();
  expect(warn).toHaveBeenCalledTimes(warnings);
});

test("fanout() learns the end of the tasks though functions that timed out hold every slot", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  async function* tasks(): AsyncGenerator<string> {
    yield "a";
  }
  const stuck = (): Promise<never> => new Promise(() => {});
  const done = fanout(tasks(), ["x"], stuck, { maxConcurrent: 1, cellTimeoutMs: 10 });
  await turn();
  vi.advanceTimersByTime(10);
  expect((await done).rejected).toHaveLength(1);
});

test("fanout() lets go of a task when its cells have started and returned", async () => {
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
  const done = fanout(tasks(), ["x", "y"], probe.run, { maxConcurrent: 2, signal: controller.signal });
  for (const place of ["0,0", "0,1", "1,0", "1,1", "2,0"]) await probe.resolve(place);
  await turn();
  globalThis.gc?.();
  expect(seen.map((task) => task.deref() === undefined)).toEqual([true, true, false, false]);
  controller.abort();
  await done;
});

test("fanout() ends after an abort though a hook goes on adding tasks to the array", async () => {
  const tasks = [1, 2, 3];
  const controller = new AbortController();
  const done = fanout(tasks, ["x"], () => new Promise<never>(() => {}), {
    maxConcurrent: 1,
    signal: controller.signal,
    onCell: () => void (tasks.length < 1000 && tasks.push(0)),
  });
  controller.abort(new Error("stop"));
  expect((await done).rows).toHaveLength(3);
});
