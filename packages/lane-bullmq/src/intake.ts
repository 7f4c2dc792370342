import type { Job, SubmitOptions } from "@executus/lane";
import { type CheckedJob, checkJob } from "./check-job.ts";
import { nearestPriority } from "./jobs/level.ts";
import type { LocalJob } from "./jobs/local-job.ts";
import { Submissions } from "./jobs/submissions.ts";
import type { LaneParts } from "./lane-parts.ts";
import * as refusals from "./refusals.ts";
import type { Stopping } from "./stopping.ts";

export interface IntakeOptions {
  readonly parts: LaneParts;
  readonly stopping: Stopping;
  /** Resolves once the lane takes part. */
  readonly ready: () => Promise<void>;
  /** The cap as it is known here. */
  readonly cap: () => number | undefined;
}

/** Takes jobs in. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #submissions: Submissions;
  #isReady = false;
  #isClosed = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#submissions = new Submissions(options.parts, options.cap);
  }

  open(): Promise<void> {
    return this.#submissions.open();
  }

  /** Resolves once the job is in Redis. */
  async submit(job: Job<unknown>, options: SubmitOptions): Promise<LocalJob> {
    const { parts, stopping, ready } = this.#options;
    const { name, answers } = parts;
    const checked = checkJob(name, job, options);
    if (this.#isClosed) throw refusals.closed(checked.jobId, name);
    const { signal, admit } = options;
    if (!this.#isReady) {
      await answers.wait(ready(), "open");
      this.#isReady = true;
      signal?.throwIfAborted();
      if (this.#isClosed) throw refusals.closed(checked.jobId, name);
    }
    const { accepted, drop } = this.#submissions.submit(checked, admit);
    try {
      const answer = signal ? unlessAborted(accepted, signal) : accepted;
      const local = await answers.wait(answer, `take job "${checked.jobId}"`);
      this.#accepted(local, checked);
      if (signal?.aborted) stopping.givenUp(local, signal.reason);
      else if (signal) local.follow(signal, () => stopping.givenUp(local, signal.reason));
      return local;
    } catch (error) {
      drop();
      // What is on its way already is stopped as soon as it has come, if that is what its submitter wants.
      const stop = (local: LocalJob): void => stopping.givenUp(local, signal?.reason);
      if (signal?.aborted) void accepted.then(stop, () => {});
      throw error;
    }
  }

  /** Refuses what comes from now on, and what has not been sent. */
  close(): void {
    this.#isClosed = true;
    this.#submissions.close();
  }

  #accepted(local: LocalJob, { priority }: CheckedJob): void {
    const { tell } = this.#options.parts;
    const { jobId, callerId } = local;
    if (!local.isTold) tell({ type: "job-queued", jobId, callerId });
    local.isTold = true;
    const level = nearestPriority(priority);
    if (level !== priority) tell({ type: "priority-clamped", jobId, priority, level });
    if (this.#isClosed) this.#options.stopping.leave(local);
  }
}

/** Rejects with the signal's reason as soon as it aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {});
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
