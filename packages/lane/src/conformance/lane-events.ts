import assert from "node:assert/strict";
import type { LaneEvent } from "../events.ts";
import type { LaneTest } from "./lane-context.ts";
import { outcomeOf } from "./lane-outcome.ts";

export function eventTests(test: LaneTest): void {
  // That a lane takes a listener at all is said by nothing but its events.
  test("onEvent is told of every job's whole way in order and of how it ended, or of nothing at all", async (context) => {
    const events: LaneEvent[] = [];
    const { lane, gate, startGate } = await context.open({ onEvent: (event) => events.push(event) });
    const finished = await startGate({ callerId: "ada" });
    const [failed, dropped] = [await gate({ callerId: "bob" }), await gate()];
    await lane.cancel(dropped.jobId);
    finished.finish();
    failed.fail(new Error("no"));
    await context.until("all jobs to end", async () => (await lane.stats()).failed === 1);
    await context.meanwhile();
    if (events.length === 0) return;
    const isEnd = ({ type }: LaneEvent): boolean => type === "job-ended";
    await context.until("three ends to be told", () => events.filter(isEnd).length === 3);
    const way = (jobId: string): unknown[] =>
      events.flatMap((event) => {
        if (!("jobId" in event) || event.jobId !== jobId) return [];
        assert.equal(event.lane, lane.name);
        assert.ok(Number.isFinite(event.at), `the instant of ${event.type} is ${event.at}`);
        const end = event.type === "job-ended" ? [event.end] : [];
        return [event.type, ...end, ...(event.callerId === undefined ? [] : [event.callerId])];
      });
    const whole = ["job-queued", "ada", "job-started", "ada", "job-ended", "finished", "ada"];
    assert.deepEqual(way(finished.jobId), whole);
    assert.deepEqual(way(failed.jobId), [
      "job-queued",
      "bob",
      "job-started",
      "bob",
      "job-ended",
      "failed",
      "bob",
    ]);
    assert.deepEqual(way(dropped.jobId), ["job-queued", "job-ended", "cancelled"]);
  });

  test("an onEvent that throws breaks nothing", async (context) => {
    const { lane, newJob } = await context.open({
      onEvent: () => {
        throw new Error("listener");
      },
    });
    assert.equal(await outcomeOf(lane.submitWait(newJob(() => "done"))), "done");
    const { finished, failed } = await lane.stats();
    assert.deepEqual([finished, failed], [1, 0]);
  });
}
