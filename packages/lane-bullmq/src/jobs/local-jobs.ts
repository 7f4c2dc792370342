import type { Outcome } from "../wire/job-end.ts";
import type { LocalJob } from "./local-job.ts";

/** The jobs that were submitted here and have not ended for their submitter. */
export class LocalJobs {
  readonly #jobs = new Map<string, LocalJob>();

  add(job: LocalJob): void {
    this.#jobs.set(job.jobId, job);
  }

  get(jobId: string): LocalJob | undefined {
    return this.#jobs.get(jobId);
  }

  drop(job: LocalJob): void {
    if (this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
  }

  all(): LocalJob[] {
    return [...this.#jobs.values()];
  }

  /** The first end counts: an abort may have been told before the code's end. */
  settle(jobId: string, outcome: Outcome): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    this.#jobs.delete(jobId);
    job.settle(outcome);
  }
}
