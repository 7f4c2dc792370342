import assert from "node:assert/strict";
import type { Job } from "../job.ts";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function yieldTests(test: LaneTest, supports: LaneSupports): void {
  if (!supports.yield) {
    test("yieldWhile() is refused with LANE_UNSUPPORTED by a lane that cannot yield, and its wait never begins", async (context) => {
      const { lane, newJob } = await context.open();
      let hasBegun = false;
      const job = newJob(({ yieldWhile }) => outcomeOf(yieldWhile(async () => (hasBegun = true))));
      assert.equal(await lane.submitWait(job), "LANE_UNSUPPORTED");
      assert.equal(hasBegun, false);
    });
    return;
  }

  test("yieldWhile() lets a depth above the number of slots finish", async (context) => {
    const { lane, newJob, wait } = await context.open();
    const nested = (depth: number): Job<unknown> =>
      newJob(({ yieldWhile }) =>
        depth === 0 ? "bottom" : yieldWhile(() => lane.submitWait(nested(depth - 1))),
      );
    assert.equal(await outcomeOf(wait(nested(5))), "bottom");
  });

  test("yieldWhile() gives the slot to others, and takes one again ahead of every queued job and within the cap", async (context) => {
    const { lane, newJob, wait, gate, startGate } = await context.open();
    const [waited, held] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    let isBack = false;
    const parent = newJob(async ({ yieldWhile }) => {
      await yieldWhile(() => waited.promise);
      isBack = true;
      return held.promise;
    });
    const result = wait(parent);
    const [first, second] = [await startGate(), await gate()];
    const { running, yielded, queued } = await lane.stats();
    assert.deepEqual({ running, yielded, queued }, { running: 2, yielded: 1, queued: 1 });
    waited.resolve();
    await context.meanwhile();
    assert.equal(isBack, false, "two ran at once");
    first.finish();
    await context.until("the job to be back", () => isBack);
    await context.meanwhile();
    assert.equal(second.entered, false);
    held.resolve("parent");
    assert.equal(await result, "parent");
    await context.until("the queued job to start", () => second.entered);
  });

  test("yieldWhile() resolves with what its wait gives, and rejects with what its wait rejects with", async (context) => {
    const { lane, newJob } = await context.open();
    const failure = new Error("no");
    const seen: unknown[] = [];
    const job = newJob(async ({ yieldWhile }) => {
      seen.push(await outcomeOf(yieldWhile(async () => 7)));
      seen.push(await outcomeOf(yieldWhile(() => Promise.reject(failure))));
      return "went on";
    });
    assert.equal(await lane.submitWait(job), "went on");
    assert.deepEqual(seen, [7, failure]);
  });

  test("an abort rejects yieldWhile() at once, with the reason of the code's signal", async (context) => {
    const { lane, newJob, wait } = await context.open();
    let isReason: boolean | undefined;
    let hasBegun = false;
    const job = newJob(async ({ signal, yieldWhile }) => {
      const never = (): Promise<never> => {
        hasBegun = true;
        return new Promise(() => {});
      };
      isReason = await yieldWhile(never).catch((error: unknown) => error === signal.reason);
    });
    const result = wait(job);
    await context.until("the job to yield", () => hasBegun);
    await lane.abort(job.id);
    await assert.rejects(result, { code: "LANE_ABORTED" });
    await context.until("the code to go on", () => isReason !== undefined);
    assert.equal(isReason, true);
  });
}
