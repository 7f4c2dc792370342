import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneSuiteOptions, LaneTest } from "./lane-context.ts";
import type { JobFields } from "./lane-jobs.ts";

export function argumentTests(test: LaneTest, supports: LaneSupports): void {
  const badJobs: readonly JobFields[] = [
    { id: "" },
    { callerId: "" },
    { priority: Number.NaN },
    { priority: Number.POSITIVE_INFINITY },
    { weight: 0 },
    { weight: -1 },
    { weight: Number.NaN },
    { timeoutMs: 0 },
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
  ];

  test("submit() and submitWait() reject a bad job by an error that names the option, and register nothing", async (context) => {
    const { lane, newJob, wait } = await context.open();
    for (const fields of badJobs) {
      const [option = ""] = Object.keys(fields);
      const what = `${option}: ${String(Object.values(fields)[0])}`;
      await assert.rejects(lane.submit(newJob(() => "never", fields)), isMistake(option), what);
      await assert.rejects(wait(newJob(() => "never", fields)), isMistake(option), what);
    }
    assert.equal((await lane.stats()).submitted, 0);
  });

  if (supports.closures) {
    test("submit() rejects a job whose run is not a function by a TypeError, and registers nothing", async (context) => {
      const { lane, newJob } = await context.open();
      const job = { ...newJob(() => "never"), run: 5 as never };
      await assert.rejects(lane.submit(job), isMistake("run"));
      assert.equal((await lane.stats()).submitted, 0);
    });
  }

  test("a lane is not created from a bad option, and the error names it", async (context) => {
    for (const options of badOptions(supports)) {
      const [option = ""] = Object.keys(options);
      const what = `${option}: ${JSON.stringify(Object.values(options)[0])}`;
      await assert.rejects(context.open(options), isMistake(option), what);
    }
  });

  test("holdUntil() and close() refuse what is no time, and change nothing", async (context) => {
    const { lane, newJob } = await context.open();
    await assert.rejects(lane.holdUntil(Number.NaN, "retry-after"), isMistake("at"));
    for (const graceMs of [-1, Number.NaN]) {
      await assert.rejects(lane.close({ graceMs }), isMistake("graceMs"), String(graceMs));
    }
    assert.equal(await lane.submitWait(newJob(() => "done")), "done");
  });
}

function badOptions({ callerCap, rate, aging }: LaneSupports): Partial<LaneSuiteOptions>[] {
  return [
    { name: "" },
    { maxConcurrent: Number.NaN },
    { maxConcurrent: -1 },
    { maxConcurrent: 1.5 },
    { maxQueued: Number.NaN },
    { maxQueued: -1 },
    ...(callerCap ? [{ maxConcurrentPerCaller: 0 }, { maxConcurrentPerCaller: 1.5 }] : []),
    ...(rate ? [{ rate: [{ limit: 0, windowMs: 1_000, by: "job" as const }] }] : []),
    ...(aging ? [{ aging: { turnsPerLevel: 0 } }] : []),
  ];
}

function isMistake(option: string): (error: unknown) => boolean {
  return (error) =>
    (error instanceof TypeError || error instanceof RangeError) && error.message.includes(option);
}
