import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";

export function capTests(test: LaneTest, { capScope }: LaneSupports): void {
  test("a lane runs as many jobs at a time as its cap says, and never more", async (context) => {
    const { trace, gate } = await context.open({ maxConcurrent: 3 });
    const gates = [await gate(), await gate(), await gate(), await gate(), await gate(), await gate()];
    for (const [index, { finish }] of gates.entries()) {
      const started = Math.min(gates.length, index + 3);
      await context.until(`${started} jobs to have started`, () => trace.entered.length >= started);
      await context.meanwhile();
      assert.equal(trace.entered.length, started);
      finish();
    }
    await Promise.all(gates.map(({ result }) => result));
    assert.equal(trace.most, 3);
  });

  test("the cap holds on code that ignores its timeout, abort() and its signal", async (context) => {
    const { lane, trace, gate } = await context.open({ maxConcurrent: 2 });
    const controller = new AbortController();
    // Long enough for a slow store to let its code begin.
    const timed = await gate({ timeoutMs: 500 });
    const left = await gate({}, { signal: controller.signal });
    const aborted = await gate();
    const last = await gate();
    await context.until("the first two jobs to run", () => timed.entered && left.entered);
    controller.abort(new Error("the caller left"));
    await assert.rejects(timed.result, { code: "LANE_TIMEOUT" });
    await assert.rejects(left.result, { message: "the caller left" });
    await context.meanwhile();
    assert.deepEqual([aborted.entered, last.entered], [false, false]);
    timed.finish();
    await context.until("the third job to start", () => aborted.entered);
    await lane.abort(aborted.jobId);
    await assert.rejects(aborted.result, { code: "LANE_ABORTED" });
    await context.meanwhile();
    assert.equal(last.entered, false);
    left.finish();
    await context.until("the last job to start", () => last.entered);
    assert.equal(trace.most, 2);
  });

  test("setMaxConcurrent() starts what fits when it raises the cap, and no more", async (context) => {
    const { lane, trace, gate } = await context.open({ maxConcurrent: 1 });
    for (let count = 0; count < 4; count += 1) await gate();
    await context.until("the first job to start", () => trace.running === 1);
    await lane.setMaxConcurrent(3);
    await context.until("three jobs to run", () => trace.running >= 3);
    await context.meanwhile();
    assert.equal(trace.running, 3);
    assert.equal((await lane.stats()).maxConcurrent, 3);
  });

  test("setMaxConcurrent() that lowers the cap aborts nothing, and nothing starts before the code is below it", async (context) => {
    const { lane, gate, startGate } = await context.open({ maxConcurrent: 2 });
    const [first, second] = [await startGate(), await startGate()];
    const next = await gate();
    await lane.setMaxConcurrent(1);
    first.finish("first");
    assert.equal(await first.result, "first");
    await context.meanwhile();
    assert.equal(next.entered, false);
    assert.equal(second.context?.signal.aborted, false);
    second.finish("second");
    assert.equal(await second.result, "second");
    await context.until("the next job to start", () => next.entered);
  });

  test("setMaxConcurrent(0) holds the lane until the cap is raised", async (context) => {
    const { lane, gate, startGate } = await context.open({ maxConcurrent: 1 });
    const running = await startGate();
    const queued = await gate();
    await lane.setMaxConcurrent(0);
    running.finish("running");
    assert.equal(await running.result, "running");
    await context.meanwhile();
    assert.equal(queued.entered, false);
    await lane.setMaxConcurrent(1);
    await context.until("the queued job to start", () => queued.entered);
  });

  test("setMaxConcurrent() refuses a fraction, a negative number and NaN, and changes nothing", async (context) => {
    const { lane, trace, gate, startGate } = await context.open({ maxConcurrent: 1 });
    await startGate();
    await gate();
    for (const cap of [1.5, -1, Number.NaN]) {
      await assert.rejects(
        lane.setMaxConcurrent(cap),
        (error) => error instanceof RangeError && error.message.includes("maxConcurrent"),
        String(cap),
      );
      assert.equal((await lane.stats()).maxConcurrent, 1);
    }
    await context.meanwhile();
    assert.equal(trace.running, 1);
  });

  test("a job may change the cap of its own lane", async (context) => {
    const { lane, trace, newJob, wait, gate } = await context.open({ maxConcurrent: 1 });
    const first = newJob(async () => {
      await lane.setMaxConcurrent(2);
      await context.until("the second job to start", () => trace.running === 2);
      return "raised";
    });
    const result = wait(first);
    await gate();
    assert.equal(await result, "raised");
  });

  if (capScope === "cluster") {
    test("two lanes of one name share one cap", async (context) => {
      const name = context.unique("lane");
      const [one, two] = [await context.open({ name }), await context.open({ name })];
      const first = await one.startGate();
      const second = await two.gate();
      await context.meanwhile();
      assert.equal(second.entered, false);
      first.finish();
      await context.until("the job of the other lane to start", () => second.entered);
    });
  } else {
    test("two lanes of one name have a cap each", async (context) => {
      const name = context.unique("lane");
      const [one, two] = [await context.open({ name }), await context.open({ name })];
      await one.startGate();
      await two.startGate();
    });
  }
}
