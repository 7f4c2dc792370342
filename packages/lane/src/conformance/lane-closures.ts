import assert from "node:assert/strict";
import type { LaneSupports } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";
import { bytesName } from "./lane-jobs.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function closureTests(test: LaneTest, { closures }: LaneSupports): void {
  if (closures) closureLaneTests(test);
  else handlerLaneTests(test);
}

function closureLaneTests(test: LaneTest): void {
  test("run() resolves with what the function gives, and rejects with the very error that it threw", async (context) => {
    const { lane } = await context.open();
    const failure = new Error("no");
    const made: unknown[] = [{}];
    assert.equal(await lane.run(() => made[0]), made[0]);
    await assert.rejects(
      lane.run(() => Promise.reject(failure)),
      (error) => error === failure,
    );
  });

  test("run() belongs to its signal and waits for its turn", async (context) => {
    const { lane, startGate } = await context.open();
    const running = await startGate();
    const reason = new Error("too late");
    const controller = new AbortController();
    let hasRun = false;
    const dropped = lane.run(() => void (hasRun = true), { signal: controller.signal });
    const rejected = assert.rejects(dropped, (error) => error === reason);
    const next = outcomeOf(lane.run(({ lane: name }) => name));
    controller.abort(reason);
    await rejected;
    running.finish();
    assert.equal(await next, lane.name);
    assert.equal(hasRun, false);
  });

  test("the function of a job runs, whatever its name and metadata say", async (context) => {
    const { lane, trace, newJob } = await context.open();
    const job = { ...newJob(() => "by name"), run: () => "by function" };
    assert.equal(await lane.submitWait(job), "by function");
    assert.deepEqual(trace.entered, []);
  });
}

function handlerLaneTests(test: LaneTest): void {
  test("run() is refused with LANE_UNSUPPORTED by a lane that takes no closures", async (context) => {
    const { lane } = await context.open();
    let hasRun = false;
    await assert.rejects(
      lane.run(() => void (hasRun = true)),
      { code: "LANE_UNSUPPORTED" },
    );
    await context.meanwhile();
    assert.equal(hasRun, false);
  });

  test("a job without a name is refused with LANE_UNSUPPORTED by a lane that takes no closures", async (context) => {
    const { lane, newJob } = await context.open();
    const { id, run } = newJob(() => "by function");
    await assert.rejects(lane.submit({ id, run }), { code: "LANE_UNSUPPORTED" });
    await assert.rejects(lane.submitWait({ id, run }), { code: "LANE_UNSUPPORTED" });
    assert.equal((await lane.stats()).submitted, 0);
  });

  test("the handler of a job's name gets its metadata byte for byte, and the job's own function never runs", async (context) => {
    const { lane } = await context.open();
    const metadata = Uint8Array.from({ length: 256 }, (_, index) => index);
    let hasRun = false;
    const run = (): void => void (hasRun = true);
    const job = { id: context.unique("job"), name: bytesName, metadata, run };
    assert.deepEqual(await lane.submitWait<unknown>(job), [...metadata]);
    assert.equal(hasRun, false);
  });
}
