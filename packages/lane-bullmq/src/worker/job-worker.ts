import { Worker, type WorkerOptions } from "bullmq";
import type { JobData, ValueJson } from "../wire/job-data.ts";
import type { StoredJob } from "./running-job.ts";

export interface JobWorkerListener {
  /** Runs a job's code; what it throws is the reason of its failure. */
  readonly onJob: (job: StoredJob, token: string) => Promise<ValueJson>;
  /** Redis has taken a job's end, also that of one that has failed without having run. */
  readonly onEnded: (job: StoredJob) => void;
  /** Nothing more will come of it, whether its end was taken or not. */
  readonly onPassed: (job: StoredJob, token: string) => void;
}

/** A worker of BullMQ that says when it is through with a job: of an end that Redis refuses it tells only its error. */
export class JobWorker extends Worker<JobData, ValueJson> {
  readonly #listener: JobWorkerListener;

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
      this.#listener.onPassed(job, token);
    }
  }
}
