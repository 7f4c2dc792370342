import type { JobContext } from "@executus/lane";
import type { RunFunction } from "@executus/lane/persisted";
import { planOf } from "../plan/job-plan.ts";
import { submitJob } from "./submit-job.ts";
import { fileAt } from "./wait-for-file.ts";
import type { World } from "./world.ts";

/** An abort comes so long after the start; who is to be aborted would else work for longer. */
const abortAfterMs = 5;
const untilAbortedMs = 60;

/** What a job does, as its plan says. */
export function jobCode(world: World, jobId: string): RunFunction {
  const { order, journal, points, lane } = world;
  return async (context) => {
    journal.note("started", jobId);
    points.reach("job:entered");
    const { kind, workMs } = planOf(jobId, order.workload);
    if (kind === "aborted") {
      journal.note("asked", jobId);
      setTimeout(() => void lane.abort(jobId).catch(() => {}), abortAfterMs);
    }
    if (kind === "parent") await waitForChild(world, context);
    const signal = kind === "stubborn" ? undefined : context.signal;
    if (order.workUntil !== undefined) await fileAt(order.workUntil, signal);
    await work(kind === "aborted" ? untilAbortedMs : workMs / 2, signal);
    points.reach("job:halfway");
    await work(workMs / 2, signal);
    if (kind === "failing") throw new Error("as planned");
    journal.note("done", jobId);
    points.reach("job:returning");
  };
}

let childCount = 0;

async function waitForChild(world: World, { jobId, yieldWhile }: JobContext): Promise<void> {
  childCount += 1;
  // A job that is started once more makes another child.
  const childId = `${jobId}/${world.order.boot}.${childCount}`;
  await yieldWhile(async () => {
    const ticket = await submitJob(world, childId);
    await ticket?.result;
    // How the child ended is its own affair; that this one was told to stop is not.
  }).catch(() => {});
}

function work(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
