import { enterJob } from "./enter-job.ts";
import type { EventReporter } from "./event-reporter.ts";
import type { JobEnd } from "./events.ts";
import type { FairQueue } from "./fair-queue.ts";
import type { AnyJob } from "./lane-job.ts";
import { longestTimerMs } from "./options.ts";
import * as refusals from "./refusals.ts";
import { RunningJobs } from "./running-jobs.ts";
import { Settling } from "./settling.ts";
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

/** Anything resolved: what is chained to it runs as soon as the code that runs now has come to its end. */
const soon = Promise.resolve();

/** Runs jobs: enters their code, stops it when it must, and knows which of them hold a slot. */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #running = new RunningJobs();
  readonly #yields: Yields;
  readonly #settling = new Settling();
  /** Jobs that have a slot and whose code is about to be entered; the array is used again and again. */
  readonly #starting: (AnyJob | undefined)[] = [];
  #startingCount = 0;
  #willEnter = false;
  readonly #enterSoon = (): void => this.#enterStarting();

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

  /** Those that hold a slot, in no order. */
  get holders(): readonly AnyJob[] {
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
    const { timeoutMs } = job;
    if (timeoutMs <= longestTimerMs) {
      const { lane } = this.#options;
      const timeout = (): void => this.stop(job, refusals.timedOut(job.jobId, lane, timeoutMs), false);
      job.rare.timer = setTimeout(timeout, timeoutMs);
    }
    this.#options.events.job("job-started", job);
    this.#starting[this.#startingCount] = job;
    this.#startingCount += 1;
    if (this.#willEnter) return;
    // The submitter's own synchronous code comes first, as with any promise.
    this.#willEnter = true;
    void soon.then(this.#enterSoon);
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

  #enterStarting(): void {
    const last = this.#enterAllButLast();
    if (last) void this.#live(last);
  }

  /** Enters what has been given a slot. The last of it is left to the caller, whatever the others start meanwhile. */
  #enterAllButLast(): AnyJob | undefined {
    let last: AnyJob | undefined;
    for (let index = 0; index < this.#startingCount; index += 1) {
      if (last) void this.#live(last);
      last = this.#starting[index];
      this.#starting[index] = undefined;
    }
    this.#startingCount = 0;
    this.#willEnter = false;
    return last;
  }

  /** A job's code from its first instruction to its end; then that of the job that takes over its slot. Never rejects. */
  async #live(first: AnyJob): Promise<void> {
    // One function that goes on costs less than one for each job.
    for (let job: AnyJob | undefined = first; job; job = this.#handOn()) {
      let value: unknown;
      try {
        value = await enterJob(job);
      } catch (error) {
        this.#end(job, job.aborted?.cancels ? "cancelled" : "failed", error);
        job.reject(error);
        const next = this.#handOn();
        // Not in this function, which would keep the error in memory.
        if (next) void this.#live(next);
        return;
      }
      this.#end(job, "finished");
      this.#settling.resolve(job, value, this.#running.size === 0);
    }
  }

  /** Gives the slot that a job has left to the next, without a turn of the microtask queue in between. */
  #handOn(): AnyJob | undefined {
    const willEnter = this.#willEnter;
    this.#willEnter = true;
    this.#options.freed();
    return willEnter ? undefined : this.#enterAllButLast();
  }

  #end(job: AnyJob, end: JobEnd, reason?: unknown): void {
    if (job.timer !== undefined) clearTimeout(job.timer);
    if (job.yielding !== undefined) this.#yields.forget(job);
    const wasYielded = job.state === "yielded";
    job.state = "ended";
    this.#running.end(job);
    if (job.waits) for (const wait of job.waits) wait.end();
    this.#options.queue.ended(job, wasYielded);
    this.#options.ended(job, end, reason);
  }
}
