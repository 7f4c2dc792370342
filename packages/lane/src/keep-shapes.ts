import { Backlog } from "./backlog.ts";
import { FairQueue } from "./fair-queue.ts";
import { Context } from "./job-context.ts";
import { LaneJob } from "./lane-job.ts";
import { MemoryLane } from "./memory-lane.ts";
import { Walk } from "./queue-position.ts";
import { Submission } from "./submission.ts";

let samples: readonly unknown[] | undefined;

/**
 * Keeps one of each object that comes and goes with lanes and jobs. When the last object of a shape is collected, V8 forgets
 * the shape and throws away the code that was compiled for it; then the first 100,000 jobs after each full collection of an
 * idle lane take a third longer.
 */
export function keepShapes(): void {
  if (samples !== undefined) return;
  const lane = new MemoryLane({ name: "sample", maxConcurrent: 0 });
  const turnsPerLevel = 1;
  const queue = new FairQueue<LaneJob<unknown>>({ turnsPerLevel, callerWeight: undefined });
  const caller = queue.callerOf(undefined);
  // A fraction: whole numbers are kept in another shape.
  const job = new LaneJob<unknown>(new Submission(lane), caller, 0, { run: () => undefined, weight: 0.5 });
  const other = new LaneJob<unknown>(new Submission(lane), caller, 1, { run: () => undefined });
  // Callers look otherwise once they have had jobs of two priorities.
  queue.push(job, 0);
  queue.push(other, 1);
  queue.next();
  queue.next();
  const walk = new Walk({
    callers: [caller],
    backlog: new Backlog<LaneJob<unknown>>(),
    turnsPerLevel,
    virtualTime: 0.5,
  });
  samples = [lane, queue, job, new Context(job), walk];
}
