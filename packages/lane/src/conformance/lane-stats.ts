import assert from "node:assert/strict";
import type { Lane } from "../lane.ts";
import type { LaneTest } from "./lane-context.ts";

export function statsTests(test: LaneTest): void {
  test("stats() counts every submitted job in exactly one place at every moment", async (context) => {
    const { lane, gate, startGate } = await context.open();
    assert.deepEqual(await counts(lane), { submitted: 0, queued: 0, running: 0, ended: 0 });
    const running = await startGate();
    assert.deepEqual(await counts(lane), { submitted: 1, queued: 0, running: 1, ended: 0 });
    const [dropped, failing] = [await gate(), await gate()];
    assert.deepEqual(await counts(lane), { submitted: 3, queued: 2, running: 1, ended: 0 });
    await lane.cancel(dropped.jobId);
    assert.deepEqual(await counts(lane), { submitted: 3, queued: 1, running: 1, ended: 1 });
    await lane.abort(running.jobId);
    assert.deepEqual(await counts(lane), { submitted: 3, queued: 1, running: 1, ended: 1 });
    running.finish();
    failing.fail(new Error("no"));
    await context.until("all jobs to end", async () => (await counts(lane)).ended === 3);
    assert.deepEqual(await counts(lane), { submitted: 3, queued: 0, running: 0, ended: 3 });
  });

  test("stats() counts an end as finished, as cancelled by a person, or as failed", async (context) => {
    const { lane, gate, startGate } = await context.open({ maxConcurrent: 1 });
    const controller = new AbortController();
    const finished = await startGate();
    const thrown = await gate();
    const timed = await gate({ timeoutMs: 20 });
    const aborted = await gate();
    const cancelled = await gate();
    const left = await gate({}, { signal: controller.signal });
    await lane.cancel(cancelled.jobId);
    controller.abort();
    finished.finish();
    thrown.fail(new Error("no"));
    await assert.rejects(timed.result, { code: "LANE_TIMEOUT" });
    timed.fail(new Error("stopped"));
    await context.until("the last job to run", () => aborted.entered);
    await lane.abort(aborted.jobId);
    aborted.fail(new Error("stopped"));
    await assert.rejects(left.result);
    await context.until("all jobs to end", async () => (await counts(lane)).ended === 6);
    const { finished: resolved, failed, cancelled: dropped } = await lane.stats();
    assert.deepEqual([resolved, failed, dropped], [1, 2, 3]);
  });
}

/** What a lane counts, after a look at whether it adds up. */
async function counts(
  lane: Lane,
): Promise<{ submitted: number; queued: number; running: number; ended: number }> {
  const { submitted, queued, running, finished, cancelled, failed } = await lane.stats();
  const ended = finished + cancelled + failed;
  assert.equal(submitted, queued + running + ended, "submitted is not the sum of the others");
  return { submitted, queued, running, ended };
}
