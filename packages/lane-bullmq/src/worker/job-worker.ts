import { type JobJson, Worker, type WorkerOptions } from "bullmq";
import type { JobData, ValueJson } from "../wire/job-data.ts";
import type { StoredJob } from "./running-job.ts";

export interface JobWorkerListener {
  /** Runs a job's code; what it throws is the reason of its failure. */
  readonly onJob: (job: StoredJob, token: string) => Promise<ValueJson>;
  /** Redis has taken a job's end, also that of one that has failed without having run. */
  readonly onEnded: (job: StoredJob) => void;
  /** Nothing more will come of it, whether its end was taken or not. */
  readonly onPassed: (job: StoredJob, token: string) => void;
  /** The cap of all processes as it is known here. */
  readonly cap: () => number | undefined;
}

/**
 * A worker of BullMQ that says when it is through with a job: of an end that Redis refuses it tells only its error. While as
 * many jobs are here as all processes together may run it does not ask for more after each of them, which would hold up the
 * next one by a round trip: only when it has waited for a sign that there are, which is that of a raised cap as well.
 */
export class JobWorker extends Worker<JobData, ValueJson> {
  readonly #listener: JobWorkerListener;
  #here = 0;
  #hasWaited = false;
  /** Whether there was none when it asked last. */
  #isMaxed = false;
  /** Whether a job has come since it last did not ask: else it would go round and round without ever giving way. */
  #hasGot = false;

  constructor(queue: string, listener: JobWorkerListener, options: WorkerOptions) {
    super(queue, (job, token = "") => listener.onJob(job, token), options);
    this.#listener = listener;
    this.on("completed", (job) => listener.onEnded(job));
    this.on("failed", (job) => {
      if (job) listener.onEnded(job);
    });
  }

  override async processJob(
    ...[job, token, fetchNext]: Parameters<Worker<JobData, ValueJson>["processJob"]>
  ): ReturnType<Worker<JobData, ValueJson>["processJob"]> {
    try {
      return await super.processJob(job, token, fetchNext);
    } finally {
      this.#here -= 1;
      this.#listener.onPassed(job, token);
    }
  }

  protected override async moveToActive(token: string, name?: string): Promise<StoredJob> {
    const isFull = this.#here >= (this.#listener.cap() ?? Number.POSITIVE_INFINITY);
    const isSpared = isFull && this.#isMaxed && this.#hasGot && !this.#hasWaited;
    this.#hasGot = false;
    if (isSpared) return this.nextJobFromJobData();
    this.#hasWaited = false;
    const job: StoredJob | undefined = await super.moveToActive(token, name);
    this.#isMaxed = job === undefined;
    return job;
  }

  protected override getBlockTimeout(blockUntil: number): number {
    this.#hasWaited = true;
    // After an error of the connection BullMQ would wait for ten seconds, as for a job that is delayed.
    return Math.min(super.getBlockTimeout(blockUntil), this.opts.drainDelay ?? 1);
  }

  protected override createJob(data: JobJson, jobId: string): StoredJob {
    this.#here += 1;
    this.#hasGot = true;
    return super.createJob(data, jobId);
  }
}
