import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function idTests(test: LaneTest): void {
  test("submit() of a known id rejects with LANE_DUPLICATE and where its job stands, and makes no second job", async (context) => {
    const { lane, trace, newJob, wait, gate, startGate } = await context.open();
    const [running, queued] = [await startGate(), await gate()];
    for (const [{ jobId }, state] of [
      [running, "running"],
      [queued, "queued"],
    ] as const) {
      const expected = { code: "LANE_DUPLICATE", state };
      await assert.rejects(lane.submit(newJob(() => "second", { id: jobId })), expected);
      await assert.rejects(wait(newJob(() => "second", { id: jobId })), expected);
    }
    running.finish("first");
    queued.finish("first");
    assert.deepEqual([await running.result, await queued.result], ["first", "first"]);
    assert.equal((await lane.stats()).submitted, 2);
    assert.deepEqual(trace.entered, [running.jobId, queued.jobId]);
  });

  test("submit() of one id many times at once accepts one of them", async (context) => {
    const { lane, trace, newJob } = await context.open({ maxConcurrent: 4 });
    const id = context.unique("job");
    const jobs = Array.from({ length: 6 }, (_, index) => newJob(() => index, { id }));
    // All begin before any could have ended: the lane is held.
    await lane.setMaxConcurrent(0);
    const outcomes = await Promise.all(jobs.map((job) => outcomeOf(lane.submit(job))));
    assert.equal(outcomes.filter((outcome) => outcome === "LANE_DUPLICATE").length, 5);
    assert.equal((await lane.stats()).submitted, 1);
    await lane.setMaxConcurrent(4);
    await context.until("the job to end", async () => (await lane.stats()).finished === 1);
    await context.meanwhile();
    assert.deepEqual(trace.entered, [id]);
  });

  test("an id whose job has ended is forgotten by every method, or known to every one", async (context) => {
    const { lane, newJob, wait } = await context.open();
    const job = newJob(() => "first");
    await lane.submitWait(job);
    await context.until("the job to be counted", async () => (await lane.stats()).finished === 1);
    const answers = [await outcomeOf(lane.cancel(job.id)), await outcomeOf(lane.abort(job.id))];
    answers.push(await outcomeOf(wait(newJob(() => "second", { id: job.id }))));
    const isForgotten = answers[2] === "second";
    const known = ["LANE_NOT_QUEUED", "LANE_NOT_RUNNING", "LANE_DUPLICATE"];
    assert.deepEqual(answers, isForgotten ? ["LANE_UNKNOWN_JOB", "LANE_UNKNOWN_JOB", "second"] : known);
  });
}
