import { runInside } from "./current-job.ts";
import { Context } from "./job-context.ts";
import type { AnyJob } from "./lane-job.ts";

/** Calls a job's code in its submitter's asynchronous context, and as that job. */
export function enterJob(job: AnyJob): unknown {
  return job.submission.runInAsyncScope(enterInside, undefined, job);
}

function enterInside(job: AnyJob): unknown {
  return runInside(job, callCode);
}

function callCode(job: AnyJob): unknown {
  // Not as a method: the submitter's function has no business with this object.
  const { run } = job;
  return run(new Context(job));
}
