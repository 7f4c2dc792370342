import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";
import { startOrder } from "./lane-order.ts";

export function fairnessTests(test: LaneTest, { callerCap }: LaneSupports): void {
  test("the first job of a caller starts within a few starts, however many another caller has queued", async (context) => {
    const many = Array.from({ length: 50 }, () => ({ callerId: "ada" }));
    const order = await startOrder(context, {}, [...many, { callerId: "bob" }]);
    // As many starts as there are callers and slots.
    assert.ok(order.indexOf(50) < 2 + 1, `it started after ${order.indexOf(50)} others`);
  });

  test("two callers take turns, and jobs without a caller are one caller together", async (context) => {
    const jobs = [
      ...Array.from({ length: 10 }, () => ({})),
      ...Array.from({ length: 10 }, () => ({ callerId: "ada" })),
    ];
    const order = await startOrder(context, {}, jobs);
    for (let count = 2; count <= 20; count += 2) {
      const unnamed = order.slice(0, count).filter((place) => place < 10).length;
      assert.ok(Math.abs(unnamed - count / 2) <= 1, `${unnamed} of the first ${count} have no caller`);
    }
  });

  test("cancelling one's own queued jobs costs nobody a turn", async (context) => {
    const { lane, gate, startGate, trace } = await context.open();
    const running = await startGate({ callerId: context.unique("caller") });
    const dropped = [];
    for (let count = 0; count < 10; count += 1) dropped.push(await gate({ callerId: "ada" }));
    const kept = await gate({ callerId: "ada" });
    const others = [];
    for (let count = 0; count < 10; count += 1) others.push(await gate({ callerId: "bob" }));
    for (const { jobId } of dropped) await lane.cancel(jobId);
    for (const each of [running, kept, ...others]) each.finish();
    await context.until("all jobs to have started", () => trace.entered.length === 12);
    assert.ok(
      trace.entered.indexOf(kept.jobId) <= 3,
      `it started as number ${trace.entered.indexOf(kept.jobId)}`,
    );
  });

  if (callerCap) {
    test("maxConcurrentPerCaller holds on running code and idles no slot that another caller could use", async (context) => {
      const { gate, trace } = await context.open({ maxConcurrent: 3, maxConcurrentPerCaller: 1 });
      const [ada, adaNext] = [await gate({ callerId: "ada" }), await gate({ callerId: "ada" })];
      const bob = await gate({ callerId: "bob" });
      await context.until("a job of each caller to run", () => ada.entered && bob.entered);
      await context.meanwhile();
      assert.equal(trace.running, 2);
      bob.finish();
      await bob.result;
      await context.meanwhile();
      assert.equal(adaNext.entered, false);
      ada.finish();
      await context.until("the caller's next job to start", () => adaNext.entered);
    });
  } else {
    test("maxConcurrentPerCaller is refused with LANE_UNSUPPORTED at the creation of a lane that has none", async (context) => {
      await assert.rejects(context.open({ maxConcurrentPerCaller: 1 }), { code: "LANE_UNSUPPORTED" });
    });
  }
}
