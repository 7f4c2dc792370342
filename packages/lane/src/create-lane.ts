import { LaneError } from "./errors.ts";
import { FairQueue } from "./fair-queue.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { LaneJob } from "./lane-job.ts";
import type {
  CloseOptions,
  CloseReport,
  Job,
  JobContext,
  Lane,
  LaneStats,
  RunOptions,
  SubmitOptions,
  Ticket,
} from "./lane.ts";
import { checkJob, type LaneOptions, readOptions } from "./options.ts";
import { RunningJobs } from "./running-jobs.ts";

/**
 * Makes an in-memory lane.
 *
 * @throws {TypeError | RangeError} naming the option and the value, if one is not valid.
 * @example
 * const lane = createLane({ name: "llm", maxConcurrent: 4 });
 * const answer = await lane.run(({ signal }) => ask(question, signal), { callerId: "ada" });
 */
export function createLane(options: LaneOptions): Lane {
  return new MemoryLane(options);
}

class MemoryLane implements Lane {
  readonly name: string;
  readonly #queue: FairQueue<LaneJob<unknown>>;
  readonly #running = new RunningJobs();
  /** Queued and running jobs by id. */
  readonly #jobs = new Map<string, LaneJob<unknown>>();
  #maxConcurrent: number;
  #submitted = 0;
  #finished = 0;
  #cancelled = 0;
  #failed = 0;
  #ownIds = 0;
  #closing: Promise<CloseReport> | undefined;

  constructor(options: LaneOptions) {
    const { turnsPerLevel } = readOptions(options);
    this.name = options.name;
    this.#maxConcurrent = options.maxConcurrent;
    this.#queue = new FairQueue(turnsPerLevel);
  }

  async submit<T>(job: Job<T>, options: SubmitOptions = {}): Promise<Ticket<T>> {
    const { jobId, result } = this.#accept(job, options);
    return { jobId, result };
  }

  async submitWait<T>(job: Job<T>, options: SubmitOptions = {}): Promise<T> {
    return this.#accept(job, options).result;
  }

  async run<T>(work: (context: JobContext) => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
    const { callerId, priority } = options;
    this.#ownIds += 1;
    const id = `${this.name}#${this.#ownIds}`;
    return this.#accept({ id, callerId, priority, run: work }, options).result;
  }

  async cancel(jobId: string): Promise<void> {
    const job = this.#jobs.get(jobId);
    if (job === undefined) {
      throw new LaneError(
        "LANE_UNKNOWN_JOB",
        `Cannot cancel job "${jobId}": lane "${this.name}" has no such job`,
      );
    }
    if (job.running) {
      throw new LaneError(
        "LANE_NOT_QUEUED",
        `Cannot cancel job "${jobId}": it is running in lane "${this.name}"`,
      );
    }
    this.#dequeue(
      job,
      new LaneError("LANE_CANCELLED", `Job "${jobId}" was cancelled while queued in lane "${this.name}"`),
    );
  }

  async stats(): Promise<LaneStats> {
    return {
      submitted: this.#submitted,
      queued: this.#queue.size,
      running: this.#running.size,
      finished: this.#finished,
      cancelled: this.#cancelled,
      failed: this.#failed,
      maxConcurrent: this.#maxConcurrent,
    };
  }

  async setMaxConcurrent(maxConcurrent: number): Promise<void> {
    requireWholeNumber(maxConcurrent, `Cannot change lane "${this.name}": 'maxConcurrent'`, 0);
    this.#maxConcurrent = maxConcurrent;
    this.#pump();
  }

  async close({ graceMs = 10_000 }: CloseOptions = {}): Promise<CloseReport> {
    if (!(graceMs >= 0)) {
      throw new RangeError(
        `Cannot close lane "${this.name}": 'graceMs' must be 0 or more, or Infinity: received ${graceMs}`,
      );
    }
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept<T>(job: Job<T>, { signal }: SubmitOptions): LaneJob<T> {
    signal?.throwIfAborted();
    checkJob(this.name, job);
    const what = `Cannot submit job "${job.id}" to lane "${this.name}"`;
    if (this.#closing) throw new LaneError("LANE_CLOSED", `${what}: the lane is closed`);
    const known = this.#jobs.get(job.id);
    if (known) {
      throw new LaneError(
        "LANE_DUPLICATE",
        `${what}: a job of that id is ${known.running ? "running" : "queued"}`,
      );
    }
    const accepted = new LaneJob(this.name, this.#submitted, job);
    const entry = accepted as LaneJob<unknown>;
    this.#submitted += 1;
    this.#jobs.set(job.id, entry);
    if (signal) accepted.follow(signal, () => this.#aborted(entry, signal.reason));
    this.#queue.push(entry);
    this.#pump();
    return accepted;
  }

  #pump(): void {
    if (this.#closing) return;
    while (this.#running.size < this.#maxConcurrent) {
      const job = this.#queue.next();
      if (job === undefined) return;
      job.running = true;
      this.#running.add(job);
      this.#execute(job);
    }
  }

  #execute(job: LaneJob<unknown>): void {
    // The submitter's own synchronous code comes first, as with any promise.
    Promise.resolve()
      .then(() => job.run(job))
      .then(
        (value) => {
          this.#end(job);
          this.#finished += 1;
          job.resolve(value);
          this.#pump();
        },
        (error: unknown) => {
          this.#end(job);
          if (job.givenUp) this.#cancelled += 1;
          else this.#failed += 1;
          job.reject(error);
          this.#pump();
        },
      );
  }

  #end(job: LaneJob<unknown>): void {
    this.#jobs.delete(job.jobId);
    this.#running.remove(job);
  }

  /** The submitter gave up: its promise rejects now, a running job keeps its slot until its code settles. */
  #aborted(job: LaneJob<unknown>, reason: unknown): void {
    if (!job.running) {
      this.#dequeue(job, reason);
      return;
    }
    job.givenUp = true;
    job.reject(reason);
    job.abort(reason);
  }

  #dequeue(job: LaneJob<unknown>, reason: unknown): void {
    this.#queue.remove(job);
    this.#jobs.delete(job.jobId);
    this.#cancelled += 1;
    job.reject(reason);
  }

  async #close(graceMs: number): Promise<CloseReport> {
    for (const job of this.#jobs.values()) {
      if (job.running) continue;
      this.#dequeue(
        job,
        new LaneError("LANE_CLOSED", `Job "${job.jobId}" was still queued when lane "${this.name}" closed`),
      );
    }
    return { abandoned: await this.#running.drain(graceMs, this.name) };
  }
}
