import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";

/** The signal of the call's options, which is the submitter's own: it rejects with `signal.reason` itself. */
export function signalTests(test: LaneTest): void {
  const reason = new Error("the caller left");
  const isReason = (error: unknown): boolean => error === reason;

  test("a signal that has already aborted rejects with its reason and registers nothing", async (context) => {
    const { lane, trace, newJob, wait } = await context.open();
    const signal = AbortSignal.abort(reason);
    await assert.rejects(
      lane.submit(
        newJob(() => "never"),
        { signal },
      ),
      isReason,
    );
    await assert.rejects(
      wait(
        newJob(() => "never"),
        { signal },
      ),
      isReason,
    );
    assert.equal((await lane.stats()).submitted, 0);
    await lane.submitWait(newJob(() => "last"));
    assert.equal(trace.entered.length, 1);
  });

  test("a signal that aborts while the job is queued takes it out and rejects with its reason", async (context) => {
    const { lane, trace, gate, startGate } = await context.open();
    const controller = new AbortController();
    const running = await startGate();
    const dropped = await gate({}, { signal: controller.signal });
    dropped.finish();
    const last = await gate();
    controller.abort(reason);
    await assert.rejects(dropped.result, isReason);
    await context.until("the job to be taken out", async () => (await lane.stats()).cancelled === 1);
    running.finish();
    await context.until("the last job to start", () => last.entered);
    assert.deepEqual(trace.entered, [running.jobId, last.jobId]);
  });

  test("a signal that aborts while the job runs rejects with its reason at once, reaches the code, and keeps the slot", async (context) => {
    const { gate, startGate } = await context.open();
    const controller = new AbortController();
    const running = await startGate({}, { signal: controller.signal });
    const next = await gate();
    controller.abort(reason);
    await assert.rejects(running.result, isReason);
    await context.until("the code's signal to abort", () => running.context?.signal.aborted === true);
    await context.meanwhile();
    assert.equal(next.entered, false);
    running.finish();
    await context.until("the next job to start", () => next.entered);
  });

  test("a signal that aborts after the job's end changes nothing", async (context) => {
    const { lane, newJob } = await context.open();
    const controller = new AbortController();
    const ticket = await lane.submit(
      newJob(() => "done"),
      { signal: controller.signal },
    );
    assert.equal(await ticket.result, "done");
    await context.until("the job to be counted", async () => (await lane.stats()).finished === 1);
    controller.abort(reason);
    await context.meanwhile();
    const { finished, cancelled, failed } = await lane.stats();
    assert.deepEqual([finished, cancelled, failed], [1, 0, 0]);
    assert.equal(await ticket.result, "done");
  });
}
