import assert from "node:assert/strict";
import type { ChainLink } from "../errors.ts";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

/** Jobs that wait for jobs of their own lane. */
export function waitTests(test: LaneTest, { deadlock }: LaneSupports): void {
  test("a job may wait for another of its lane where a slot is free", async (context) => {
    const { lane, newJob } = await context.open({ maxConcurrent: 2 });
    const inner = newJob(() => "inner");
    const outer = newJob(() => outcomeOf(lane.submitWait(inner)));
    assert.equal(await lane.submitWait(outer), "inner");
  });

  test("a job may submit to its own full lane without waiting", async (context) => {
    const { lane, newJob } = await context.open();
    const inner = newJob(() => "inner");
    const outer = newJob(async () => (await lane.submit(inner)).jobId);
    assert.equal(await lane.submitWait(outer), inner.id);
    await context.until("the inner job to end", async () => (await lane.stats()).finished === 2);
  });

  if (deadlock) deadlockTests(test);
  else {
    test("a wait inside a job of a full lane is not refused by a lane without deadlock, and ends when a slot comes", async (context) => {
      const { lane, trace, newJob, wait } = await context.open();
      const inner = newJob(() => "inner");
      const result = wait(newJob(() => lane.submitWait(inner)));
      await context.until("the inner job to be queued", async () => (await lane.stats()).submitted === 2);
      await context.meanwhile();
      assert.equal(trace.running, 1);
      await lane.setMaxConcurrent(2);
      assert.equal(await outcomeOf(result), "inner");
    });
  }
}

function deadlockTests(test: LaneTest): void {
  test("a wait inside a job of a full lane rejects with LANE_DEADLOCK and the chain, and its job is taken out", async (context) => {
    const { lane, trace, newJob, wait } = await context.open();
    const inner = newJob(() => "never");
    let refusal: { code?: string; chain?: readonly ChainLink[] } = {};
    const outer = newJob(async () => {
      refusal = await errorOf(lane.submitWait(inner));
      return "went on";
    });
    assert.equal(await wait(outer), "went on");
    assert.equal(refusal.code, "LANE_DEADLOCK");
    assert.deepEqual(refusal.chain?.[0], { lane: lane.name, jobId: outer.id });
    assert.ok(
      refusal.chain?.some(({ jobId }) => jobId === inner.id),
      "the chain lacks the inner job",
    );
    await context.meanwhile();
    assert.deepEqual(trace.entered, [outer.id]);
    assert.equal((await lane.stats()).cancelled, 1);
  });

  test("a ticket's result that a job of a full lane waits for rejects with LANE_DEADLOCK, and its job stays queued", async (context) => {
    const { lane, newJob, wait } = await context.open();
    const inner = newJob(() => "inner");
    let code: unknown;
    const outer = newJob(async () => {
      const ticket = await lane.submit(inner);
      code = await outcomeOf(ticket.result);
      return "went on";
    });
    assert.equal(await wait(outer), "went on");
    assert.equal(code, "LANE_DEADLOCK");
    await context.until("the inner job to end", async () => (await lane.stats()).finished === 2);
  });

  test("of two jobs that hold both slots and wait for a job each, one wait is refused and the rest comes to its end", async (context) => {
    const { lane, trace, newJob, wait } = await context.open({ maxConcurrent: 2 });
    const parent = (): Promise<unknown> => {
      const child = newJob(() => "child");
      return wait(
        newJob(async () => {
          await context.until("both parents to run", () => trace.running === 2);
          return outcomeOf(lane.submitWait(child));
        }),
      );
    };
    const outcomes = await Promise.all([parent(), parent()]);
    assert.deepEqual(outcomes.map(String).sort(), ["LANE_DEADLOCK", "child"]);
  });
}

async function errorOf(promise: Promise<unknown>): Promise<{ code?: string; chain?: readonly ChainLink[] }> {
  try {
    await promise;
    return {};
  } catch (error) {
    return error as { code?: string };
  }
}
