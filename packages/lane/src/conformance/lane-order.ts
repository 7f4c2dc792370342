import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneContext, LaneSuiteOptions, LaneTest } from "./lane-context.ts";
import type { JobFields } from "./lane-jobs.ts";

export function orderTests(test: LaneTest, supports: LaneSupports): void {
  const { aging, priorityLevels } = supports;

  test("jobs of one caller and one priority start in the order in which they were submitted", async (context) => {
    const jobs = Array.from({ length: 8 }, () => ({ callerId: "ada", priority: 0 }));
    assert.deepEqual(await startOrder(context, {}, jobs), [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  if (priorityLevels === Number.POSITIVE_INFINITY) {
    test("priorities are told apart whatever the numbers, and the higher starts first", async (context) => {
      const jobs = [0.5, -1.5, 0, 1e9, 0.25, -1e9].map((priority) => ({ callerId: "ada", priority }));
      assert.deepEqual(await startOrder(context, { aging: false }, jobs), [3, 0, 4, 2, 1, 5]);
    });
  } else {
    test("priorities from 0 up to below priorityLevels are told apart, and those outside count as the nearest", async (context) => {
      const levels = Array.from({ length: priorityLevels }, (_, priority) => ({ callerId: "ada", priority }));
      const outside = [-3, priorityLevels + 3].map((priority) => ({ callerId: "ada", priority }));
      const order = await startOrder(context, { aging: false }, [...levels, ...outside]);
      const highest = [priorityLevels - 1, priorityLevels + 1];
      const between = Array.from({ length: priorityLevels - 2 }, (_, index) => priorityLevels - 2 - index);
      assert.deepEqual(order, priorityLevels === 1 ? [0, 1, 2] : [...highest, ...between, 0, priorityLevels]);
    });
  }

  if (priorityLevels > 1) {
    test("without aging no lower job starts while a higher one waits", async (context) => {
      const high = Array.from({ length: 30 }, () => ({ callerId: "bob", priority: 1 }));
      const order = await startOrder(context, { aging: false }, [{ callerId: "ada", priority: 0 }, ...high]);
      assert.equal(order.indexOf(0), 30);
    });
  }

  if (aging && priorityLevels > 1) {
    test("a lower job starts when those above it have had the turns that their level is worth", async (context) => {
      const high = Array.from({ length: 30 }, () => ({ callerId: "bob", priority: 1 }));
      const jobs = [{ callerId: "ada", priority: 0 }, ...high];
      const turns = (await startOrder(context, { aging: { turnsPerLevel: 4 } }, jobs)).indexOf(0);
      // One more turn for each of the two callers: who comes first where both are due is the lane's own choice.
      assert.ok(turns <= 4 + 2, `${turns} turns`);
      assert.ok(turns >= 4 - 2, `${turns} turns`);
    });
  }

  if (!aging) {
    test("aging is refused with LANE_UNSUPPORTED at the creation of a lane that has none", async (context) => {
      await assert.rejects(context.open({ aging: { turnsPerLevel: 4 } }), { code: "LANE_UNSUPPORTED" });
    });
  }
}

/** Queues jobs behind one that runs, lets them run one at a time, and tells in which order they started, as places in `jobs`. */
export async function startOrder(
  context: LaneContext,
  options: Partial<LaneSuiteOptions>,
  jobs: readonly JobFields[],
): Promise<number[]> {
  const { lane, trace, newJob, startGate } = await context.open({ ...options, maxConcurrent: 1 });
  // Of a caller of its own: it costs none of the others a turn.
  const running = await startGate({ callerId: context.unique("caller") });
  const ids: string[] = [];
  for (const fields of jobs) ids.push((await lane.submit(newJob(() => "done", fields))).jobId);
  running.finish();
  await context.until("all jobs to have started", () => trace.entered.length === jobs.length + 1);
  return trace.entered.slice(1).map((jobId) => ids.indexOf(jobId));
}
