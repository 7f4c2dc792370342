import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { createLane, type Lane } from "../src/index.ts";
import { tick } from "./gate.ts";

const jobCount = 1_000_000;
const roundCount = 20_000;
const callerCount = 10_000;

/** One of every ten jobs is handed in or ends in each of these ways; the rest are plain. */
async function submitOne(
  lane: Lane,
  index: number,
  shared: AbortSignal,
  ofRound: AbortSignal,
): Promise<unknown> {
  const id = `job-${index}`;
  const callerId = `caller-${(index * 7_919) % callerCount}`;
  const run = (): number => index;
  switch (index % 10) {
    case 0:
      return (await lane.submit({ id, callerId, run })).jobId;
    case 1:
      return lane.submitWait({ id, callerId, run, priority: index % 3, weight: 2 });
    case 2:
      return lane.run(run, { callerId, signal: shared });
    case 3:
      return lane.run(run, { callerId, timeoutMs: 3_600_000 });
    case 4: {
      const result = lane.submitWait({ id, callerId, run });
      await Promise.allSettled([lane.cancel(id), result]);
      return undefined;
    }
    case 5:
      return lane.run(() => Promise.reject(new Error("thrown")), { callerId }).catch(() => {});
    case 6:
      return lane.run(run, { callerId, signal: ofRound }).catch(() => {});
    default:
      return lane.run(run, { callerId });
  }
}

async function pass(lane: Lane, from: number, count: number, shared: AbortSignal): Promise<void> {
  const ofRound = new AbortController();
  const jobs = Array.from({ length: count }, (_, index) =>
    submitOne(lane, from + index, shared, ofRound.signal),
  );
  ofRound.abort(new Error("the round is over"));
  await Promise.all(jobs);
}

async function heapUsed(): Promise<number> {
  await tick();
  globalThis.gc?.();
  await tick();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}

test(
  "a million jobs of 10,000 callers leave nothing behind: no memory, listener or timer",
  { timeout: 600_000 },
  async () => {
    const { signal } = new AbortController();
    // Whatever is made once, such as compiled code, is there before the heap is looked at.
    await pass(createLane({ name: "other", maxConcurrent: 16 }), 0, roundCount, signal);
    const lane = createLane({ name: "llm", maxConcurrent: 16 });
    const before = { heap: await heapUsed(), timers: timers() };

    for (let from = 0; from < jobCount; from += roundCount) await pass(lane, from, roundCount, signal);

    expect(await lane.stats()).toMatchObject({ submitted: jobCount, queued: 0, running: 0, yielded: 0 });
    const heap = await heapUsed();
    expect(globalThis.gc).toBeTypeOf("function");
    // Bytes a job: its callers alone, if they were remembered, would be three.
    expect((heap - before.heap) / jobCount).toBeLessThan(1);
    expect(timers()).toBe(before.timers);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    const { cancelled, failed, finished } = await lane.stats();
    expect(cancelled).toBeGreaterThan(jobCount / 10);
    expect(failed).toBe(jobCount / 10);
    expect(finished + cancelled + failed).toBe(jobCount);
  },
);
