import { AsyncLocalStorage } from "node:async_hooks";
import { expect, expectTypeOf, test, vi } from "vitest";
import type { Cell, CellContext, FanoutOptions, Grid } from "../src/index.ts";
import { fanout } from "../src/index.ts";
import { Probe, turn } from "./probe.ts";

test("fanout() keeps input order when cells finish in another", async () => {
  const probe = new Probe();
  const done = fanout(["a", "b"], ["x", "y"], probe.run);
  for (const place of ["1,1", "0,1", "1,0", "0,0"]) await probe.resolve(place);
  const grid = await done;
  expect(grid.rows).toEqual([
    [
      { status: "fulfilled", value: "0,0" },
      { status: "fulfilled", value: "0,1" },
    ],
    [
      { status: "fulfilled", value: "1,0" },
      { status: "fulfilled", value: "1,1" },
    ],
  ]);
});

test("fanout() calls run once per cell with its task, its target and its context", async () => {
  const calls: unknown[] = [];
  await fanout(["a", "b"], ["x", "y"], (task, target, { taskIndex, targetIndex, key, attempt }) => {
    calls.push([task, target, taskIndex, targetIndex, key, attempt]);
  });
  expect(calls).toEqual([
    ["a", "x", 0, 0, "x", 1],
    ["a", "y", 0, 1, "y", 1],
    ["b", "x", 1, 0, "x", 1],
    ["b", "y", 1, 1, "y", 1],
  ]);
});

test("fanout() takes a plain value, a promise and any thenable from run", async () => {
  // oxlint-disable-next-line unicorn/no-thenable -- as a database's query builder has it
  const thenable = { then: (resolve: (value: number) => void) => resolve(3) } as PromiseLike<number>;
  const results = [1, Promise.resolve(2), thenable];
  const grid = await fanout(results.keys(), ["x"], (index) => results[index] as number | PromiseLike<number>);
  expect(grid.fulfilled.map((cell) => cell.value)).toEqual([1, 2, 3]);
});

test.each<[string, Iterable<unknown>]>([
  ["a string", "ab"],
  ["a Set", new Set(["a", "b"])],
  [
    "the keys of a Map",
    new Map([
      ["a", 1],
      ["b", 2],
    ]).keys(),
  ],
])("fanout() takes %s as tasks", async (_name, tasks) => {
  const grid = await fanout(tasks, ["x"], (task) => task);
  expect(grid.fulfilled.map((cell) => cell.value)).toEqual(["a", "b"]);
});

test("fanout() makes a cell that throws or rejects a value and goes on", async () => {
  const [thrown, rejected] = [new Error("thrown"), new Error("rejected")];
  const grid = await fanout([0, 1, 2], ["x"], (task) => {
    if (task === 0) throw thrown;
    return task === 1 ? Promise.reject(rejected) : task;
  });
  expect(grid.columns[0]).toEqual([
    { status: "rejected", reason: thrown },
    { status: "rejected", reason: rejected },
    { status: "fulfilled", value: 2 },
  ]);
});

test("fanout() resolves with no rows and never calls run when there are no tasks", async () => {
  const run = vi.fn<() => void>();
  const grid = await fanout([], ["x", "y"], run);
  expect(grid.rows).toEqual([]);
  expect(grid.columns).toEqual([[], []]);
  expect(run).not.toHaveBeenCalled();
});

test("fanout() resolves with no rows and reads no task when there are no targets", async () => {
  const run = vi.fn<() => void>();
  const next = vi.fn<() => IteratorResult<string>>(() => ({ done: false, value: "a" }));
  const grid = await fanout({ [Symbol.iterator]: () => ({ next }) }, [], run);
  expect(grid.rows).toEqual([]);
  expect(grid.columns).toEqual([]);
  expect(run).not.toHaveBeenCalled();
  expect(next).not.toHaveBeenCalled();
});

test("fanout() rejects with what reading the targets threw, before any task is read", async () => {
  const failure = new Error("no targets today");
  const next = vi.fn<() => IteratorResult<string>>();
  const targets = {
    *[Symbol.iterator](): Generator<string> {
      yield "x";
      throw failure;
    },
  };
  await expect(fanout({ [Symbol.iterator]: () => ({ next }) }, targets, () => 1)).rejects.toBe(failure);
  expect(next).not.toHaveBeenCalled();
});

test("fanout() asks for the key of each target once and hands it to run", async () => {
  const key = vi.fn<(target: { provider: string }) => string>((target) => target.provider);
  const models = [{ provider: "p" }, { provider: "q" }];
  const grid = await fanout([0, 1, 2], models, (_task, _model, cell) => cell.key, { key });
  expect(grid.rows[2]).toEqual([
    { status: "fulfilled", value: "p" },
    { status: "fulfilled", value: "q" },
  ]);
  expect(key.mock.calls).toEqual([
    [models[0], 0],
    [models[1], 1],
  ]);
});

test.each([
  ["no cap per key", {}],
  ["a cap per key", { maxConcurrentPerKey: 1 }],
])("fanout() rejects the cells of a target whose key throws, with %s", async (_name, caps) => {
  const failure = new Error("no provider");
  const key = (target: string): string => {
    if (target === "broken") throw failure;
    return target;
  };
  const run = vi.fn<(task: number) => number>((task) => task);
  const grid = await fanout([7, 8], ["broken", "x"], run, { ...caps, key });
  expect(grid.rows).toEqual([
    [
      { status: "rejected", reason: failure },
      { status: "fulfilled", value: 7 },
    ],
    [
      { status: "rejected", reason: failure },
      { status: "fulfilled", value: 8 },
    ],
  ]);
  expect(run).toHaveBeenCalledTimes(2);
});

test("fanout() settles every cell when the key of every target throws", async () => {
  const key = (): never => {
    throw new Error("no provider");
  };
  const grid = await fanout(Array(10_000).keys(), ["x"], () => 1, { key });
  expect(grid.rejected).toHaveLength(10_000);
});

test("fanout() tells onCell of each cell when it gets its value", async () => {
  const probe = new Probe();
  const failure = new Error("bad");
  const told: unknown[] = [];
  const done = fanout(["a"], ["x", "y"], probe.run, { onCell: (cell) => told.push(cell) });
  await probe.reject("0,1", failure);
  expect(told).toEqual([{ taskIndex: 0, targetIndex: 1, status: "rejected", reason: failure }]);
  await probe.resolve("0,0", "late");
  expect(told[1]).toEqual({ taskIndex: 0, targetIndex: 0, status: "fulfilled", value: "late" });
  await done;
});

test.each([
  ["throws", (): never => fail()],
  ["rejects", async (): Promise<never> => fail()],
])("fanout() reports an onCell that %s once and goes on", async (_name, onCell) => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const grid = await fanout([1, 2, 3], ["x"], (task) => task, { onCell });
  await turn();
  expect(grid.fulfilled).toHaveLength(3);
  expect(warn.mock.calls).toEqual([["fanout's onCell threw: hook failed"]]);
  warn.mockRestore();
});

function fail(): never {
  throw new Error("hook failed");
}

test("fanout() never writes to the caller's options", async () => {
  const options: FanoutOptions<string, number> = Object.freeze({
    maxConcurrent: 2,
    key: (name: string) => name,
  });
  expect((await fanout([1], ["x"], () => 1, options)).fulfilled).toHaveLength(1);
});

test("fanout() calls run in the async context that it was called in", async () => {
  const context = new AsyncLocalStorage<string>();
  async function* tasks(): AsyncGenerator<number> {
    for (let task = 0; task < 3; task += 1) yield await Promise.resolve(task);
  }
  const seen: (string | undefined)[] = [];
  const run = (): Promise<void> => {
    seen.push(context.getStore());
    return context.run("inner", () => turn());
  };
  await context.run("outer", () => fanout(tasks(), ["x", "y"], run, { maxConcurrent: 1 }));
  expect(seen).toEqual(Array(6).fill("outer"));
});

test("fanout() infers the types of tasks, targets and results", () => {
  const call = () => fanout([1], ["x"], async (task, target) => ({ task, target }));
  expectTypeOf(call).returns.resolves.toEqualTypeOf<Grid<{ task: number; target: string }>>();
  const later = (tasks: AsyncIterable<URL>) =>
    fanout(tasks, new Set([1n]), (task, target) => [task, target] as const);
  expectTypeOf(later).returns.resolves.toEqualTypeOf<Grid<readonly [URL, bigint]>>();
  const told = () =>
    fanout([1], ["x"], () => true, { onCell: (cell) => expectTypeOf(cell).toExtend<Cell<boolean>>() });
  expectTypeOf(told).returns.resolves.toEqualTypeOf<Grid<boolean>>();
  expectTypeOf<PromiseSettledResult<number>>().toExtend<Cell<number>>();
  expectTypeOf<CellContext["signal"]>().toEqualTypeOf<AbortSignal>();
});
