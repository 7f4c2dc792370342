import assert from "node:assert/strict";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

/** Longer than any test. */
const hourMs = 3_600_000;

/** Holds and timeouts. Instants are compared with room for a lane whose clock is not this process's. */
export function timeTests(test: LaneTest): void {
  test("holdUntil() starts nothing before its instant, and of several the latest counts", async (context) => {
    const { lane, gate, startGate } = await context.open({ maxConcurrent: 2 });
    const running = await startGate();
    await lane.holdUntil(Date.now() + hourMs, "retry-after");
    await lane.holdUntil(Date.now() + 10, "retry-after");
    const soonest = Date.now() + 10;
    const held = await gate();
    running.finish("not disturbed");
    assert.equal(await outcomeOf(running.result), "not disturbed");
    await context.until("the earlier hold to pass", () => Date.now() > soonest);
    await context.meanwhile();
    assert.equal(held.entered, false);
    assert.equal((await lane.stats()).queued, 1);
  });

  test("holdUntil() lets what waits start once its instant has come", async (context) => {
    const { lane, newJob } = await context.open();
    const at = Date.now() + 250;
    await lane.holdUntil(at, "retry-after");
    const startedAt = await lane.submitWait(newJob(() => Date.now()));
    assert.ok(Number(startedAt) >= at - 100, `it started ${at - Number(startedAt)} ms before the instant`);
  });

  test("holdUntil() of an instant that has passed does nothing", async (context) => {
    const { lane, newJob } = await context.open();
    await lane.holdUntil(Date.now() - hourMs, "retry-after");
    assert.equal(await outcomeOf(lane.submitWait(newJob(() => "done"))), "done");
  });

  test("timeoutMs aborts the code's signal, rejects with LANE_TIMEOUT, and keeps the slot until the code settles", async (context) => {
    const { lane, gate, startGate } = await context.open();
    const stubborn = await startGate({ timeoutMs: 300 });
    const next = await gate();
    await assert.rejects(stubborn.result, { code: "LANE_TIMEOUT" });
    await context.until("the code's signal to abort", () => stubborn.context?.signal.aborted === true);
    await context.meanwhile();
    assert.equal(next.entered, false);
    stubborn.fail(new Error("at last"));
    await context.until("the next job to start", () => next.entered);
    assert.equal((await lane.stats()).failed, 1);
  });

  test("timeoutMs does not count the time in the queue", async (context) => {
    const { gate, startGate } = await context.open();
    const stubborn = await startGate({ timeoutMs: 300 });
    const queued = await gate({ timeoutMs: 290 });
    queued.finish("in time");
    await assert.rejects(stubborn.result, { code: "LANE_TIMEOUT" });
    await context.meanwhile();
    stubborn.finish();
    assert.equal(await outcomeOf(queued.result), "in time");
  });
}
