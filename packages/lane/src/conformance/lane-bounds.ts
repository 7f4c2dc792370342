import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function boundTests(test: LaneTest): void {
  test("submit() to a full queue rejects with LANE_FULL, its limit and what was there, and registers nothing", async (context) => {
    const { lane, newJob, wait, gate, startGate } = await context.open({ maxQueued: 2 });
    await startGate();
    const [queued] = [await gate(), await gate()];
    const expected = { code: "LANE_FULL", limit: 2, observed: 2, retryable: true };
    const refused = newJob(() => "later");
    await assert.rejects(lane.submit(refused), expected);
    await assert.rejects(wait(newJob(() => "never")), expected);
    assert.equal((await lane.stats()).submitted, 3);
    await lane.cancel(queued.jobId);
    assert.equal((await lane.submit(refused)).jobId, refused.id);
  });

  test("of many submits at once no more are accepted than the queue has room for", async (context) => {
    const { lane, newJob, startGate } = await context.open({ maxQueued: 2 });
    await startGate();
    const submits = Array.from({ length: 6 }, () => lane.submit(newJob(() => "done")));
    const outcomes = await Promise.all(submits.map(outcomeOf));
    assert.equal(outcomes.filter((outcome) => outcome === "LANE_FULL").length, 4);
    assert.equal((await lane.stats()).queued, 2);
  });

  test('admit: "always" takes a job into a full queue', async (context) => {
    const { lane, newJob, startGate } = await context.open({ maxQueued: 1 });
    const running = await startGate();
    await lane.submit(newJob(() => "first"));
    const admitted = newJob(() => "admitted");
    const submitting = lane.submit(admitted, { admit: "always" }).then(({ jobId }) => jobId);
    assert.equal(await outcomeOf(submitting), admitted.id);
    running.finish();
    await context.until("all jobs to end", async () => (await lane.stats()).finished === 3);
  });
}
