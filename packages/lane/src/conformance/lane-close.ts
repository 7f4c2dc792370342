import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function closeTests(test: LaneTest): void {
  test("close() starts nothing more, rejects what is queued with LANE_CLOSED, and waits for what runs", async (context) => {
    const { lane, trace, newJob, wait, gate, startGate } = await context.open();
    const [running, queued] = [await startGate(), await gate()];
    const waited = wait(newJob(() => "never"));
    await context.until("both jobs to be queued", async () => (await lane.stats()).queued === 2);
    let isClosed = false;
    const closing = lane.close({ graceMs: Number.POSITIVE_INFINITY }).finally(() => (isClosed = true));
    await assert.rejects(queued.result, { code: "LANE_CLOSED" });
    await assert.rejects(waited, { code: "LANE_CLOSED" });
    await context.meanwhile();
    assert.equal(isClosed, false);
    assert.equal(running.context?.signal.aborted, false);
    running.finish("within its grace");
    assert.equal(await running.result, "within its grace");
    assert.deepEqual((await closing).abandoned, []);
    await context.meanwhile();
    assert.deepEqual(trace.entered, [running.jobId]);
  });

  test("a lane that closes or is closed refuses a submit with LANE_CLOSED", async (context) => {
    const { lane, trace, newJob, wait, startGate } = await context.open({ maxConcurrent: 2 });
    const running = await startGate();
    const closing = lane.close({ graceMs: Number.POSITIVE_INFINITY });
    await assert.rejects(lane.submit(newJob(() => "never")), { code: "LANE_CLOSED" });
    running.finish();
    await closing;
    await assert.rejects(wait(newJob(() => "never")), { code: "LANE_CLOSED" });
    assert.equal(trace.entered.length, 1);
  });

  test("close() aborts what outlives its grace, and waits for code that obeys", async (context) => {
    const { lane, newJob, wait } = await context.open();
    let hasSettled = false;
    let hasBegun = false;
    const obedient = newJob(async ({ signal }) => {
      hasBegun = true;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await context.meanwhile();
      hasSettled = true;
      throw signal.reason;
    });
    const result = wait(obedient);
    await context.until("the job to start", () => hasBegun);
    const { abandoned } = await lane.close({ graceMs: 20 });
    assert.deepEqual([hasSettled, abandoned], [true, []]);
    await assert.rejects(result, { code: "LANE_CLOSED" });
  });

  test("close() lists as abandoned what ignores its signal", async (context) => {
    const { lane, startGate } = await context.open({ maxConcurrent: 2 });
    const [first, second] = [await startGate(), await startGate()];
    const { abandoned } = await lane.close({ graceMs: 0 });
    assert.deepEqual(abandoned, [first.jobId, second.jobId]);
    assert.deepEqual([first.context?.signal.aborted, second.context?.signal.aborted], [true, true]);
    await assert.rejects(first.result, { code: "LANE_CLOSED" });
  });

  test("close() again gives the same report, also while the first call waits", async (context) => {
    const { lane, startGate } = await context.open();
    await startGate();
    const reports = await Promise.all([lane.close({ graceMs: 0 }), lane.close()]);
    reports.push(await lane.close());
    assert.equal(reports[0]?.abandoned.length, 1);
    assert.deepEqual(reports.slice(1), [reports[0], reports[0]]);
  });

  test("a job may close its own lane and is not waited for", async (context) => {
    const { lane, newJob, wait } = await context.open();
    const job = newJob(async () => (await lane.close({ graceMs: Number.POSITIVE_INFINITY })).abandoned);
    assert.deepEqual(await wait(job), []);
    assert.equal(await outcomeOf(lane.submit(newJob(() => "never"))), "LANE_CLOSED");
  });

  test("the end of an `await using` block closes the lane", async (context) => {
    const { lane, newJob, wait } = await context.open();
    {
      await using closing = lane;
      assert.equal(await closing.submitWait(newJob(() => "done")), "done");
    }
    await assert.rejects(wait(newJob(() => "never")), { code: "LANE_CLOSED" });
  });
}
