import { requireJobId } from "./check-arguments.ts";
import type { JobEnd } from "./events.ts";
import type { AnyJob } from "./lane-job.ts";
import { unknownJob } from "./refusals.ts";

/** A lane's queued and running jobs by id, and how many there have been. */
export class JobTable {
  readonly counts = { submitted: 0, finished: 0, cancelled: 0, failed: 0 };
  readonly #lane: string;
  readonly #findRunning: (jobId: string) => AnyJob | undefined;
  readonly #jobs = new Map<string, AnyJob>();

  /** @param findRunning looks for a job that is not in the table: one that `run` made has an id only if somebody asks */
  constructor(lane: string, findRunning: (jobId: string) => AnyJob | undefined) {
    this.#lane = lane;
    this.#findRunning = findRunning;
  }

  /** A job that was given its id, or whose id has been told. */
  get(jobId: string): AnyJob | undefined {
    return this.#jobs.get(jobId);
  }

  set(jobId: string, job: AnyJob): void {
    this.#jobs.set(jobId, job);
  }

  /** @throws {TypeError} if it is no id. */
  find(jobId: string): AnyJob | undefined {
    requireJobId(jobId, this.#lane);
    return this.#jobs.get(jobId) ?? this.#findRunning(jobId);
  }

  /**
   * @throws {LaneError} `LANE_UNKNOWN_JOB` if there is none.
   * @throws {TypeError} if it is no id.
   */
  known(jobId: string, verb: string): AnyJob {
    const job = this.find(jobId);
    if (job === undefined) throw unknownJob(verb, jobId, this.#lane);
    return job;
  }

  ended(job: AnyJob, end: JobEnd): void {
    if (this.#jobs.size > 0 && this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
    this.counts[end] += 1;
  }
}
