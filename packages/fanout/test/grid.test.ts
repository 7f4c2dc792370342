import { expect, expectTypeOf, test } from "vitest";
import type { CellPosition, FulfilledCell, Grid } from "../src/index.ts";
import { fanout } from "../src/index.ts";

/** Rows of two: fulfilled where task + target is even, else rejected. */
function checkerboard(rows: number): Promise<Grid<number>> {
  return fanout(Array(rows).keys(), [0, 1], (task, target) => {
    if ((task + target) % 2 === 0) return task * 10 + target;
    throw new Error(`odd ${task},${target}`);
  });
}

test("at() returns the cell of a task and a target", async () => {
  const grid = await checkerboard(2);
  expect(grid.at(1, 1)).toEqual({ status: "fulfilled", value: 11 });
  expect(grid.at(1, 0)).toMatchObject({ status: "rejected", reason: { message: "odd 1,0" } });
});

test.each([
  [2, 0],
  [0, 2],
  [-1, 0],
  [0.5, 0],
])("at() throws a RangeError for cell (%d, %d) of a 2 × 2 grid", async (taskIndex, targetIndex) => {
  const grid = await checkerboard(2);
  const message = `Cannot read cell (${taskIndex}, ${targetIndex}): the grid is 2 × 2`;
  expect(() => grid.at(taskIndex, targetIndex)).toThrow(new RangeError(message));
});

test("rows and columns hold the same cells", async () => {
  const grid = await checkerboard(3);
  expect(grid.rows.map((row) => row.length)).toEqual([2, 2, 2]);
  expect(grid.columns.map((column) => column.length)).toEqual([3, 3]);
  grid.rows.forEach((row, i) => row.forEach((cell, j) => expect(grid.columns[j]?.[i]).toBe(cell)));
});

test("fulfilled, rejected and skipped list cells with their indexes in input order", async () => {
  const controller = new AbortController();
  const grid = await fanout(
    [0, 1, 2],
    ["x", "y"],
    (task, target) => {
      if (task === 1) controller.abort("enough");
      if (target === "y") throw "no";
      return task;
    },
    { maxConcurrent: 1, signal: controller.signal },
  );
  expect(grid.fulfilled).toEqual([{ taskIndex: 0, targetIndex: 0, status: "fulfilled", value: 0 }]);
  expect(grid.rejected).toEqual([
    { taskIndex: 0, targetIndex: 1, status: "rejected", reason: "no" },
    { taskIndex: 1, targetIndex: 0, status: "rejected", reason: "enough" },
  ]);
  expect(grid.skipped).toEqual([
    { taskIndex: 1, targetIndex: 1, status: "skipped", reason: "enough" },
    { taskIndex: 2, targetIndex: 0, status: "skipped", reason: "enough" },
    { taskIndex: 2, targetIndex: 1, status: "skipped", reason: "enough" },
  ]);
});

test("fulfilled is typed by the result of run", () => {
  expectTypeOf<Grid<number>["fulfilled"]>().toEqualTypeOf<
    readonly (FulfilledCell<number> & CellPosition)[]
  >();
});
