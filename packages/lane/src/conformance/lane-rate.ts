import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";

/** Longer than any test: what waits for such a window waits for ever. */
const hourMs = 3_600_000;

export function rateTests(test: LaneTest, { rate }: LaneSupports): void {
  if (!rate) {
    test("rate is refused with LANE_UNSUPPORTED at the creation of a lane that has none", async (context) => {
      const windows = [{ limit: 2, windowMs: hourMs, by: "job" }] as const;
      await assert.rejects(context.open({ rate: windows }), { code: "LANE_UNSUPPORTED" });
    });
    return;
  }

  test("a rate window by job starts no more jobs than its limit, however many slots are free", async (context) => {
    const { lane, trace, gate } = await context.open({
      maxConcurrent: 9,
      rate: [{ limit: 3, windowMs: hourMs, by: "job" }],
    });
    const gates = [await gate(), await gate(), await gate(), await gate(), await gate()];
    for (const { finish } of gates) finish();
    await context.until("three jobs to end", async () => (await lane.stats()).finished >= 3);
    await context.meanwhile();
    const { finished, queued } = await lane.stats();
    assert.deepEqual([finished, queued], [3, 2]);
    assert.deepEqual(trace.entered.length, 3);
  });

  test("a rate window lets the next job start once it has passed", async (context) => {
    const { lane, newJob } = await context.open({
      maxConcurrent: 9,
      rate: [{ limit: 2, windowMs: 20, by: "job" }],
    });
    const jobs = Array.from({ length: 5 }, (_, index) => newJob(() => index));
    assert.deepEqual(await Promise.all(jobs.map((job) => lane.submitWait(job))), [0, 1, 2, 3, 4]);
  });

  test("a rate window by weight adds up the weights, and what a job settles takes the place of its weight", async (context) => {
    const { lane, newJob, gate, startGate } = await context.open({
      maxConcurrent: 9,
      rate: [{ limit: 10, windowMs: hourMs, by: "weight" }],
    });
    const first = await startGate({ weight: 6 });
    const second = await gate({ weight: 5 });
    await context.meanwhile();
    assert.equal(second.entered, false);
    first.context?.settleWeight(4);
    first.finish();
    await context.until("the second job to start", () => second.entered);
    const third = await lane.submit(newJob(() => "never", { weight: 2 }));
    await context.meanwhile();
    assert.equal((await lane.stats()).queued, 1, `${third.jobId} did not wait`);
  });

  test("a weight that no rate window could ever admit is refused with LANE_TOO_HEAVY and registers nothing", async (context) => {
    const { lane, newJob } = await context.open({ rate: [{ limit: 10, windowMs: hourMs, by: "weight" }] });
    const expected = { code: "LANE_TOO_HEAVY", limit: 10, observed: 11, retryable: false };
    await assert.rejects(lane.submit(newJob(() => "never", { weight: 11 })), expected);
    assert.equal((await lane.stats()).submitted, 0);
  });
}
