import { currentJob } from "./current-job.ts";
import { beginWaitHere } from "./deadlock.ts";
import type { Ticket } from "./job.ts";
import type { LaneJob } from "./lane-job.ts";
import type { Lane } from "./lane.ts";
import type { Placement } from "./placement.ts";

/** An accepted job's ticket. Reading `result` inside a job is a wait, and refused where it could never end. */
export class LaneTicket<T> implements Ticket<T> {
  readonly jobId: string;
  readonly #lane: Pick<Lane, "placement">;
  readonly #job: LaneJob<T>;

  constructor(lane: Pick<Lane, "placement">, job: LaneJob<T>) {
    this.jobId = job.jobId;
    this.#lane = lane;
    this.#job = job;
    job.rare.hasTicket = true;
  }

  placement(): Promise<Placement | undefined> {
    return this.#lane.placement(this.jobId);
  }

  get result(): Promise<T> {
    const job = this.#job;
    // After an abort the promise has settled although the code runs on.
    if (currentJob() === undefined || job.state === "ended" || job.aborted) return job.result;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    promise.catch(() => {});
    job.result.then(resolve, reject);
    beginWaitHere(job as LaneJob<unknown>, reject);
    return promise;
  }
}
