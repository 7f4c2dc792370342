import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function cancelTests(test: LaneTest): void {
  test("cancel() takes a queued job out: its promise rejects with LANE_CANCELLED and its code is never entered", async (context) => {
    const { lane, trace, newJob, wait, gate, startGate } = await context.open();
    const running = await startGate();
    const dropped = await gate();
    // If it were entered after all, it would go by, and be found in the trace.
    dropped.finish();
    const waited = newJob(() => "never");
    const result = wait(waited);
    await context.until("both jobs to be queued", async () => (await lane.stats()).queued === 2);
    const last = await gate();
    await lane.cancel(dropped.jobId);
    await assert.rejects(dropped.result, { code: "LANE_CANCELLED" });
    await lane.cancel(waited.id);
    await assert.rejects(result, { code: "LANE_CANCELLED" });
    running.finish();
    await context.until("the last job to start", () => last.entered);
    assert.deepEqual(trace.entered, [running.jobId, last.jobId]);
    assert.equal((await lane.stats()).cancelled, 2);
  });

  test("cancel() with a reason rejects the job's promise with that reason", async (context) => {
    const { lane, gate, startGate } = await context.open();
    await startGate();
    const { jobId, result } = await gate();
    await lane.cancel(jobId, new Error("superseded"));
    await assert.rejects(result, { message: "superseded" });
  });

  test("cancel() of a running job is refused with LANE_NOT_QUEUED and leaves it alone", async (context) => {
    const { lane, startGate } = await context.open();
    const running = await startGate();
    await assert.rejects(lane.cancel(running.jobId), { code: "LANE_NOT_QUEUED", state: "running" });
    assert.equal(running.context?.signal.aborted, false);
    running.finish("unharmed");
    assert.equal(await running.result, "unharmed");
  });

  test("cancel() and abort() of an unknown id are refused with LANE_UNKNOWN_JOB", async (context) => {
    const { lane } = await context.open();
    const id = context.unique("job");
    await assert.rejects(lane.cancel(id), { code: "LANE_UNKNOWN_JOB" });
    await assert.rejects(lane.abort(id), { code: "LANE_UNKNOWN_JOB" });
  });

  test("of many cancels of one job at once exactly one resolves", async (context) => {
    const { lane, gate, startGate } = await context.open();
    await startGate();
    const { jobId, result } = await gate();
    const cancels = Array.from({ length: 8 }, () => lane.cancel(jobId));
    const outcomes = await Promise.all(cancels.map(outcomeOf));
    // A lane that knows what has ended says so; one that forgets it cannot.
    const refusals = outcomes.filter(
      (outcome) => outcome === "LANE_NOT_QUEUED" || outcome === "LANE_UNKNOWN_JOB",
    );
    assert.equal(refusals.length, 7);
    assert.equal(outcomes.filter((outcome) => outcome === undefined).length, 1);
    await assert.rejects(result, { code: "LANE_CANCELLED" });
    assert.equal((await lane.stats()).cancelled, 1);
  });

  test("a cancel at the moment of the start keeps the code from being entered, or is refused", async (context) => {
    const { lane, trace, gate, startGate } = await context.open();
    for (let turn = 0; turn < 12; turn += 1) {
      const [running, queued] = [await startGate(), await gate()];
      running.finish();
      queued.finish("ran");
      // Every turn a little later, so that the cancel comes before, at and after the start.
      for (let wait = 0; wait < turn; wait += 1) await Promise.resolve();
      const answer = await outcomeOf(lane.cancel(queued.jobId));
      assert.equal(await outcomeOf(queued.result), answer === undefined ? "LANE_CANCELLED" : "ran");
      assert.equal(trace.entered.includes(queued.jobId), answer !== undefined);
    }
  });
}
