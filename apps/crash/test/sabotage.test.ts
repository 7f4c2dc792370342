import { expect, test } from "vitest";
import type { Verdict } from "../src/ledger/audit.ts";
import type { Point } from "../src/plan/points.ts";
import type { Sabotage } from "../src/plan/worker-order.ts";
import { fenced } from "../src/scenarios/fenced.ts";
import { openStage } from "./open-stage.ts";

const lane = { leaseMs: 400, maxConcurrent: 2, requeues: false };

/** Eight jobs, whose worker dies at that point; and what is said of it, with a fault in the product or without one. */
async function crashAt(point: Point, visit: number, sabotage?: Sabotage): Promise<Verdict> {
  const stage = openStage({ lane, sabotage });
  const workUntil = stage.fileOf("never");
  const task = { kind: "batch", count: 8 } as const;
  const { wasKilled } = await stage.start("a", task, { mishaps: [{ point, visit }], workUntil }).ended;
  expect(wasKilled).toBe(true);
  return (await stage.finish()).verdict;
}

test("a stage reports jobs as started twice when recovery runs again what had run", async () => {
  const { startedTwice } = await crashAt("job:entered", 2, "re-run");
  expect(startedTwice.toSorted()).toEqual(["a-0", "a-1"]);
}, 120_000);

test("a stage reports jobs as left running when recovery forgets what ran", async () => {
  const { leftRunning } = await crashAt("job:entered", 2, "forget-running");
  expect(leftRunning.toSorted()).toEqual(["a-0", "a-1"]);
}, 120_000);

test("a stage reports jobs as lost when they are accepted before they are written", async () => {
  const { accepted, lost } = await crashAt("raise:before", 3, "early-answer");
  expect(accepted).toBe(8);
  expect(lost).toHaveLength(8);
}, 120_000);

test("a stage reports ends that others had overwritten when a late one counts whatever the epoch", async () => {
  const stage = openStage({ lane: { ...lane, requeues: true }, sabotage: "no-epoch" });
  await fenced(stage);
  const { faults } = (await stage.finish()).verdict;
  expect(faults.join("\n")).toContain('a-0 stands at "finished 3", and the store had confirmed "finished 1"');
}, 120_000);

test("a stage has nothing to report of the same crashes when there is no fault in the product", async () => {
  const clean = { lost: [], startedTwice: [], leftRunning: [], faults: [] };
  await expect(crashAt("job:entered", 2)).resolves.toMatchObject({ ...clean, accepted: 8, interrupted: 2 });
  await expect(crashAt("raise:before", 3)).resolves.toMatchObject({ ...clean, accepted: 8 });
}, 120_000);
