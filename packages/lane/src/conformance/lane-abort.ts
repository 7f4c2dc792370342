import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";

export function abortTests(test: LaneTest): void {
  test("abort() reaches the code's signal, rejects the promise at once, and keeps the slot until the code settles", async (context) => {
    const { lane, gate, startGate } = await context.open();
    const [running, next] = [await startGate(), await gate()];
    await lane.abort(running.jobId, new Error("enough"));
    await assert.rejects(running.result, { message: "enough" });
    await context.until("the code's signal to abort", () => running.context?.signal.aborted === true);
    await context.meanwhile();
    assert.equal(next.entered, false);
    running.fail(new Error("stopped"));
    await context.until("the next job to start", () => next.entered);
  });

  test("abort() without a reason rejects the promise with LANE_ABORTED", async (context) => {
    const { lane, startGate } = await context.open();
    const running = await startGate();
    await lane.abort(running.jobId);
    await assert.rejects(running.result, { code: "LANE_ABORTED" });
  });

  test("abort() of a queued job is refused with LANE_NOT_RUNNING and leaves it queued", async (context) => {
    const { lane, gate, startGate } = await context.open();
    const [running, queued] = [await startGate(), await gate()];
    await assert.rejects(lane.abort(queued.jobId), { code: "LANE_NOT_RUNNING", state: "queued" });
    assert.equal((await lane.stats()).queued, 1);
    running.finish();
    queued.finish("unharmed");
    assert.equal(await queued.result, "unharmed");
  });
}
