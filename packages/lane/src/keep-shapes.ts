import { Backlog } from "./backlog.ts";
import { Caller } from "./caller.ts";
import { Context } from "./job-context.ts";
import { type JobHost, LaneJob } from "./lane-job.ts";
import { Level } from "./level.ts";
import { Walk } from "./queue-position.ts";
import { Submission } from "./submission.ts";

let samples: readonly unknown[] | undefined;

/**
 * Keeps one of each object that lives no longer than its job. When the last object of a shape is collected, V8 forgets the
 * shape and throws away the code that was compiled for it; then the first 100,000 jobs after each full collection of an
 * idle lane would take a third longer.
 */
export function keepShapes(): void {
  if (samples !== undefined) return;
  const nowhere = {} as JobHost;
  const backlog = new Backlog<LaneJob<unknown>>();
  const caller = new Caller<LaneJob<unknown>>(undefined, 1, 1, backlog);
  const submission = new Submission(nowhere);
  const job = new LaneJob<unknown>(submission, caller, 0, { run: () => undefined });
  const walk = new Walk({ callers: [], backlog, turnsPerLevel: 1, virtualTime: 0 });
  samples = [job, new Context(job), new Level(0, 1, backlog), walk];
}
