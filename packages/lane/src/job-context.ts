import type { JobContext } from "./job.ts";
import type { LaneJob } from "./lane-job.ts";

/**
 * What a job's code sees of its job. Getters make the methods when they are asked for: they can be taken apart
 * (`({ signal, yieldWhile }) => …`), and a job that needs none pays for none.
 */
export class Context implements JobContext {
  readonly #job: LaneJob<unknown>;

  constructor(job: LaneJob<unknown>) {
    this.#job = job;
  }

  get jobId(): string {
    return this.#job.jobId;
  }

  get lane(): string {
    return this.#job.host.name;
  }

  get signal(): AbortSignal {
    return this.#job.signal;
  }

  get settleWeight(): JobContext["settleWeight"] {
    return (actual) => this.#job.host.settleWeight(this.#job, actual);
  }

  get yieldWhile(): JobContext["yieldWhile"] {
    return (wait) => this.#job.host.yieldWhile(this.#job, wait);
  }
}
