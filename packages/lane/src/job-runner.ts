import { runInside } from "./current-job.ts";
import type { EventReporter } from "./event-reporter.ts";
import type { JobEnd } from "./events.ts";
import { Context } from "./job-context.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { AnyJob } from "./lane-job.ts";
import { longestTimerMs } from "./options.ts";
import * as refusals from "./refusals.ts";
import { RunningJobs } from "./running-jobs.ts";
import { Yields } from "./yields.ts";

export interface JobRunnerOptions {
  readonly lane: string;
  /** How long after its signal aborted a job that still runs is reported, in milliseconds. */
  readonly stuckMs: number;
  readonly events: EventReporter;
  /** Told of each job that ends, leaves its slot or takes one again. */
  readonly queue: FairQueue<AnyJob>;
  /** A job's code has settled: its slot, if it held one, is free. Called before its promise settles. */
  readonly ended: (job: AnyJob, end: JobEnd, reason?: unknown) => void;
  /** A slot may be free, or somebody needs one again. */
  readonly freed: () => void;
}

/** Runs jobs: enters their code, stops it when it must, and knows which of them hold a slot. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #running = new RunningJobs();
  readonly #yields: Yields;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
    const { events, queue, freed } = options;
    this.#yields = new Yields({
      leave: (job) => {
        this.#running.leave(job);
        queue.left(job);
        events.job("job-yielded", job);
        freed();
      },
      comeBack: (job) => {
        this.#running.comeBack(job);
        queue.returned(job);
        events.job("job-resumed", job);
      },
      ready: freed,
    });
  }

  /** Jobs whose code has been entered and has not settled. */
  get size(): number {
    return this.#running.size;
  }

  /** A running job by its id; looks at each. */
  find(jobId: string): AnyJob | undefined {
    return this.#running.all().find((job) => job.jobId === jobId);
  }

  get yieldedCount(): number {
    return this.#running.yieldedCount;
  }

  /** Those that hold a slot, in the order in which they took it. */
  get holders(): ReadonlySet<AnyJob> {
    return this.#running.holders;
  }

  /** The job that has needed a slot again for the longest. */
  get returning(): AnyJob | undefined {
    return this.#yields.next;
  }

  resume(job: AnyJob): void {
    this.#yields.resume(job);
  }

  yieldWhile<U>(job: AnyJob, wait: () => PromiseLike<U>): Promise<U> {
    return this.#yields.yieldWhile(job, wait);
  }

  start(job: AnyJob): void {
    job.state = "running";
    this.#running.start(job);
    if (job.timeoutMs <= longestTimerMs) {
      const { lane } = this.#options;
      const timeout = (): void => this.stop(job, refusals.timedOut(job.jobId, lane, job.timeoutMs), false);
      job.rare.timer = setTimeout(timeout, job.timeoutMs);
    }
    this.#options.events.job("job-started", job);
    // The submitter's own synchronous code comes first, as with any promise.
    queueMicrotask(() => this.#enter(job));
  }

  /** Its promise rejects now; its slot stays taken until its code settles. The first reason counts. */
  stop(job: AnyJob, reason: unknown, cancels: boolean): void {
    if (job.aborted || job.state === "ended") return;
    if (job.timer !== undefined) clearTimeout(job.timer);
    // First: whoever is told of the rest may try to stop the job again.
    job.abort(reason, cancels);
    this.#yields.abort(job, reason);
    job.reject(reason);
    const { stuckMs, events } = this.#options;
    if (stuckMs > longestTimerMs) return;
    const timer = setTimeout(() => events.job("job-stuck", job, { stuckMs }), stuckMs);
    job.rare.timer = timer;
    // Nobody waits for the report.
    (timer as { unref?: () => void }).unref?.();
  }

  /** `drain` does not wait for this job: its code waits for `drain`. */
  excuse(job: object | undefined): void {
    if (job) this.#running.excuse(job);
  }

  /** Waits for the end of all others, stops what outlives the grace, and returns the ids of what ignored it. */
  drain(graceMs: number): Promise<string[]> {
    const { lane } = this.#options;
    return this.#running.drain(graceMs, (job) =>
      this.stop(job, refusals.closedWhileRunning(job.jobId, lane), false),
    );
  }

  #enter(job: AnyJob): void {
    const finished = (value: unknown): void => {
      if (job.state === "ended") return;
      this.#end(job, "finished");
      job.resolve(value);
      this.#options.freed();
    };
    const failed = (error: unknown): void => {
      if (job.state === "ended") return;
      this.#end(job, job.aborted?.cancels ? "cancelled" : "failed", error);
      job.reject(error);
      this.#options.freed();
    };
    try {
      // A promise can be given a `then` and a `constructor` of its own: they may throw, or call back twice.
      Promise.resolve(runInside(job, job.run, new Context(job))).then(finished, failed);
    } catch (error) {
      failed(error);
    }
  }

  #end(job: AnyJob, end: JobEnd, reason?: unknown): void {
    if (job.timer !== undefined) clearTimeout(job.timer);
    this.#yields.forget(job);
    const wasYielded = job.state === "yielded";
    job.state = "ended";
    this.#running.end(job);
    if (job.waits) for (const wait of job.waits) wait.end();
    this.#options.queue.ended(job, wasYielded);
    this.#options.ended(job, end, reason);
  }
}
