import { expect, test, vi } from "vitest";
import { first } from "../src/fold.ts";
import type { FanoutError, Grid, PlacedCell } from "../src/index.ts";
import { fanout } from "../src/index.ts";

async function half(): Promise<Grid<string>> {
  return fanout([0, 1], ["x", "y"], (task, target) => {
    if (target === "y") throw new Error("not today");
    return `${task}${target}`;
  });
}

test("fanout() keeps the fulfilled cells of the grid that it resumes and runs all others", async () => {
  const earlier = await half();
  const run = vi.fn<(task: number, target: string) => string>((task, target) => `${task}${target} again`);
  const grid = await fanout([0, 1], ["x", "y"], run, { resume: earlier });
  expect(grid.fulfilled.map(({ value }) => value)).toEqual(["0x", "0y again", "1x", "1y again"]);
  expect(run).toHaveBeenCalledTimes(2);
  expect(grid.at(0, 0)).toBe(earlier.at(0, 0));
});

test("fanout() resumes a grid that went through JSON", async () => {
  const { rows } = JSON.parse(JSON.stringify(await half())) as Grid<string>;
  const grid = await fanout([0, 1], ["x", "y"], () => "again", { resume: { rows } });
  expect(grid.fulfilled.map(({ value }) => value)).toEqual(["0x", "again", "1x", "again"]);
});

test("fanout() resumes the grid of FANOUT_TASKS, whose last rows are missing", async () => {
  function* broken(): Generator<number> {
    yield 0;
    throw new Error("disk gone");
  }
  const error = (await fanout(broken(), ["x"], (task) => `first ${task}`).catch(
    (e: unknown) => e,
  )) as FanoutError;
  const resume = error.grid as Grid<string>;
  const grid = await fanout([0, 1], ["x"], (task) => `second ${task}`, { resume });
  expect(grid.fulfilled.map(({ value }) => value)).toEqual(["first 0", "second 1"]);
});

test("fanout() calls neither run nor onCell when the grid that it resumes is whole", async () => {
  const whole = await fanout([0, 1], ["x"], (task) => task);
  const onCell = vi.fn<() => void>();
  const grid = await fanout([0, 1].values(), ["x"], () => expect.unreachable(), { resume: whole, onCell });
  expect(grid.rows).toEqual(whole.rows);
  expect(onCell).not.toHaveBeenCalled();
});

test("fanout() keeps fulfilled cells of unread rows on abort", async () => {
  const controller = new AbortController();
  const options = { maxConcurrent: 1, signal: controller.signal, resume: await half() };
  const done = fanout([0, 1], ["x", "y"], () => new Promise<string>(() => {}), options);
  controller.abort("stop");
  expect((await done).rows.map((row) => row.map((cell) => cell.status))).toEqual([
    ["fulfilled", "rejected"],
    ["fulfilled", "skipped"],
  ]);
});

test("fanout() counts kept cells for stopWhen", async () => {
  const told: PlacedCell<string>[] = [];
  const grid = await fanout([0, 1], ["x", "y"], () => expect.unreachable(), {
    resume: await half(),
    stopWhen: (row) => first(row) !== undefined,
    onCell: (cell) => told.push(cell),
  });
  expect(grid.skipped.map(({ reason }) => (reason as FanoutError).code)).toEqual(
    Array(2).fill("FANOUT_STOPPED"),
  );
  expect(told).toHaveLength(2);
});

test("fanout() keeps a fulfilled cell whose key throws now", async () => {
  const key = (target: string): string => {
    throw new Error(`no provider for ${target}`);
  };
  const grid = await fanout([0, 1], ["x", "y"], () => expect.unreachable(), { resume: await half(), key });
  expect(grid.columns.map((column) => column.map((cell) => cell.status))).toEqual([
    ["fulfilled", "fulfilled"],
    ["rejected", "rejected"],
  ]);
});

test.each<[string, unknown, Error]>([
  ["no rows", {}, new TypeError("'resume' must be a grid: received one whose 'rows' are not arrays")],
  [
    "rows of another length",
    { rows: [[]] },
    new RangeError("'resume' must have a cell for each of the 2 targets: received a row of 0"),
  ],
  [
    "more rows than tasks",
    {
      rows: [
        [1, 2],
        [1, 2],
      ],
    },
    new RangeError("'resume' must have no more rows than the 1 tasks: received 2"),
  ],
])("fanout() rejects when the grid to resume has %s", async (_name, resume, error) => {
  const options = { resume: resume as Grid<string> };
  const done = fanout([0], ["x", "y"], () => "", options);
  await expect(done).rejects.toThrow(`Cannot fan out: ${error.message}`);
  await expect(done).rejects.toBeInstanceOf(error.constructor);
});
