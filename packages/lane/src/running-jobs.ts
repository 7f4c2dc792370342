import { LaneError } from "./errors.ts";
import type { LaneJob } from "./lane-job.ts";

/** The longest wait that a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** How long code that obeys its signal gets to settle after `close` has aborted it, in milliseconds. */
const obeyMs = 1_000;

/** The jobs whose code runs, and the wait for them to end. */
export class RunningJobs {
  readonly #jobs = new Set<LaneJob<unknown>>();
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#jobs.size;
  }

  add(job: LaneJob<unknown>): void {
    this.#jobs.add(job);
  }

  remove(job: LaneJob<unknown>): void {
    this.#jobs.delete(job);
    if (this.#jobs.size === 0) this.#onEmpty?.();
  }

  /** Waits for the end of all, aborts what outlives the grace, and returns the ids of those that ignored it. */
  async drain(graceMs: number, lane: string): Promise<string[]> {
    if (!(await this.#emptyWithin(graceMs))) {
      for (const job of this.#jobs)
        job.abort(new LaneError("LANE_CLOSED", `Lane "${lane}" closed while job "${job.jobId}" ran`));
      await this.#emptyWithin(obeyMs);
    }
    const abandoned = [...this.#jobs];
    for (const job of abandoned) {
      job.reject(
        new LaneError("LANE_CLOSED", `Lane "${lane}" closed and job "${job.jobId}" ignored its signal`),
      );
    }
    return abandoned.map((job) => job.jobId);
  }

  #emptyWithin(ms: number): Promise<boolean> {
    if (this.#jobs.size === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(done, Math.min(ms, longestTimerMs), false) : undefined;
      this.#onEmpty = () => done(true);
      const forget = (): void => {
        clearTimeout(timer);
        this.#onEmpty = undefined;
      };
      function done(empty: boolean): void {
        forget();
        resolve(empty);
      }
    });
  }
}
