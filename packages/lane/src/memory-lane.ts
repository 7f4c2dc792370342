import { type Admission, requireAdmissible } from "./admission.ts";
import { currentJob } from "./current-job.ts";
import { requireClose, requireHold, requireUsedWeight } from "./check-arguments.ts";
import { beginWaitHere } from "./deadlock.ts";
import { EventReporter } from "./event-reporter.ts";
import type { JobEnd } from "./events.ts";
import { FairQueue } from "./fair-queue.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import { JobTable } from "./job-table.ts";
import type { Job, JobContext, RunOptions, SubmitOptions, Ticket, UnnamedJob } from "./job.ts";
import { unnamedJob } from "./job.ts";
import { JobRunner, type RunningLane } from "./job-runner.ts";
import { type AnyJob, LaneJob } from "./lane-job.ts";
import { LaneTicket } from "./lane-ticket.ts";
import type { CloseOptions, CloseReport, Lane, LaneStats, LaneSupports } from "./lane.ts";
import { LiveLimit } from "./limit.ts";
import { memorySupports } from "./memory-supports.ts";
import { type LaneView, placeJob } from "./place-job.ts";
import type { Placement } from "./placement.ts";
import { RunTimes } from "./run-times.ts";
import { checkCall, checkJob, noOptions, type LaneOptions, readOptions } from "./options.ts";
import * as refusals from "./refusals.ts";
import { SlotKeeper } from "./slot-keeper.ts";
import { StartGate } from "./start-gate.ts";
import { steadyNow } from "./steady-clock.ts";
import { Submission, Submissions } from "./submission.ts";
import type { SlotHost } from "./wait.ts";

/** The in-memory lane: takes jobs in, and keeps the account of where each stands and how it ended. */
export class MemoryLane implements Lane, SlotHost, RunningLane {
  readonly name: string;
  readonly supports: LaneSupports = memorySupports;
  readonly #options: LaneOptions;
  readonly #queue: FairQueue<AnyJob>;
  readonly #runner: JobRunner;
  readonly #slots: SlotKeeper;
  readonly #jobs: JobTable;
  readonly #admission: Admission;
  readonly #submissions = new Submissions<MemoryLane>(this);
  readonly #cap: LiveLimit;
  readonly #gate: StartGate;
  readonly #events: EventReporter;
  readonly #times: RunTimes;
  #closing: Promise<CloseReport> | undefined;

  constructor(options: LaneOptions) {
    this.#queue = new FairQueue({ ...readOptions(options), callerWeight: options.callerWeight });
    const { name, rate, onEvent, logger, clock: now = steadyNow } = options;
    this.name = name;
    this.#options = options;
    this.#cap = new LiveLimit(options.maxConcurrent, name, logger);
    this.#queue.setCallerCap(options.maxConcurrentPerCaller ?? Number.POSITIVE_INFINITY);
    this.#times = new RunTimes(now);
    this.#gate = new StartGate(rate, now, () => this.#slots.fill());
    this.#events = new EventReporter({ lane: name, onEvent, now, logger });
    this.#runner = new JobRunner({
      lane: this,
      stuckMs: options.stuckMs ?? 10_000,
      events: this.#events,
      queue: this.#queue,
    });
    this.#jobs = new JobTable(name, (jobId) => this.#runner.find(jobId));
    this.#admission = { options, jobs: this.#jobs, gate: this.#gate, queue: this.#queue };
    this.#slots = new SlotKeeper({
      cap: this.#cap,
      queue: this.#queue,
      gate: this.#gate,
      runner: this.#runner,
      times: this.#times,
      events: this.#events,
      submissions: this.#submissions,
    });
    this.#cap.follow(() => this.#slots.capChanged(this.#cap.refresh()));
  }

  get holders(): readonly AnyJob[] {
    return this.#runner.holders;
  }

  get #view(): LaneView {
    const { rate = [], maxConcurrentPerCaller = Number.POSITIVE_INFINITY } = this.#options;
    return {
      queue: this.#queue,
      gate: this.#gate,
      times: this.#times,
      holders: this.holders,
      maxConcurrent: this.#cap.value,
      isPlain: rate.length === 0 && maxConcurrentPerCaller === Number.POSITIVE_INFINITY,
    };
  }

  get hasFreeSlot(): boolean {
    return this.#slots.hasFreeSlot;
  }

  isCapped(callerId: string | undefined): boolean {
    return this.#queue.isCapped(callerId);
  }

  async submit<T>(job: Job<T>, options: SubmitOptions = noOptions): Promise<Ticket<T>> {
    return new LaneTicket(this, this.#accept(job, options, false));
  }

  submitWait<T>(job: Job<T>, options: SubmitOptions = noOptions): Promise<T> {
    return this.#acceptAndWait(job, options, false);
  }

  run<T>(work: (context: JobContext) => T | PromiseLike<T>, options: RunOptions = noOptions): Promise<T> {
    return this.#acceptAndWait(unnamedJob(work, options ?? {}), options, true);
  }

  async placement(jobId: string): Promise<Placement | undefined> {
    const job = this.#jobs.find(jobId);
    return job && placeJob(job, this.#view);
  }

  async cancel(jobId: string, reason?: unknown): Promise<void> {
    const job = this.#jobs.known(jobId, "cancel");
    if (job.state !== "queued") throw refusals.notQueued(jobId, this.name);
    this.#dequeue(job, "cancelled", reason ?? refusals.cancelled(jobId, this.name));
  }

  async abort(jobId: string, reason?: unknown): Promise<void> {
    const job = this.#jobs.known(jobId, "abort");
    if (job.state === "queued") throw refusals.notRunning(jobId, this.name);
    this.#runner.stop(job, reason ?? refusals.aborted(jobId, this.name), true);
  }

  async stats(): Promise<LaneStats> {
    const { size: running, yieldedCount: yielded } = this.#runner;
    return {
      ...this.#jobs.counts,
      queued: this.#queue.size,
      running,
      yielded,
      maxConcurrent: this.#cap.value,
    };
  }

  async setMaxConcurrent(maxConcurrent: number): Promise<void> {
    requireWholeNumber(maxConcurrent, `Cannot change lane "${this.name}": 'maxConcurrent'`, 0);
    if (this.#cap.bound) throw refusals.capBound(this.name);
    this.#slots.capChanged(this.#cap.set(maxConcurrent));
  }

  async holdUntil(at: number, reason: string): Promise<void> {
    requireHold(at, reason, this.name);
    if (this.#gate.hold(at)) this.#events.lane({ type: "lane-held", until: at, reason });
  }

  async close(options: CloseOptions = {}): Promise<CloseReport> {
    requireClose(options, this.name);
    this.#runner.excuse(currentJob());
    if (this.#closing) return this.#closing;
    // Set first: what `#close` calls back must find the lane closed.
    const { promise, resolve } = Promise.withResolvers<CloseReport>();
    this.#closing = promise;
    this.#slots.shut();
    resolve(this.#close(options.graceMs ?? 10_000));
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  settleWeight(job: AnyJob, actual: number): void {
    requireUsedWeight(actual, job.jobId);
    this.#gate.settle(job, actual);
    this.#slots.fill();
  }

  yieldWhile<U>(job: AnyJob, wait: () => PromiseLike<U>): Promise<U> {
    return this.#runner.yieldWhile(job, wait);
  }

  slotFreed(): void {
    this.#slots.freed();
  }

  jobEnded(job: AnyJob, end: JobEnd, reason: unknown): void {
    this.#times.ended(job);
    this.#jobs.ended(job, end);
    this.#events.job("job-ended", job, end === "finished" ? { end } : { end, reason });
  }

  // Not async: one more promise for each job costs as much as the queue.
  #acceptAndWait<T>(job: UnnamedJob<T>, options: SubmitOptions, unnamed: boolean): Promise<T> {
    try {
      const accepted = this.#accept(job, options, unnamed);
      if (currentJob() !== undefined)
        beginWaitHere(accepted as AnyJob, (error) => this.#givenUp(accepted as AnyJob, error));
      return accepted.result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #accept<T>(job: UnnamedJob<T>, options: SubmitOptions, unnamed: boolean): LaneJob<T> {
    checkCall(this.name, job, options, unnamed);
    options.signal?.throwIfAborted();
    checkJob(this.name, job, unnamed);
    this.#slots.refreshCap();
    const caller = this.#queue.callerOf(job.callerId);
    const startsAtOnce = this.#slots.startsAtOnce(caller, job.weight);
    if (this.#closing) throw refusals.closed(job.id, this.name);
    requireAdmissible(job, startsAtOnce || options.admit === "always" ? undefined : caller, this.#admission);
    const submission = startsAtOnce ? new Submission(this) : this.#submissions.current();
    const accepted = new LaneJob(submission, caller, this.#jobs.counts.submitted, job);
    const entry = accepted as AnyJob;
    // A listener that is told of the job first may change what starts.
    const passes = startsAtOnce && this.#options.onEvent === undefined;
    if (passes) this.#queue.pass(entry);
    else this.#queue.push(entry, job.priority ?? 0);
    this.#jobs.counts.submitted += 1;
    // Without a listener nobody knows the id of a job that `run` made before its code asks for it.
    if (!unnamed || (this.#options.onEvent && !this.#jobs.get(accepted.jobId)))
      this.#jobs.set(accepted.jobId, entry);
    const { signal } = options;
    if (signal) accepted.follow(signal, () => this.#givenUp(entry, signal.reason));
    this.#events.job("job-queued", entry);
    if (passes) this.#slots.start(entry);
    else if (this.#slots.hasFreeSlot) this.#slots.fill();
    return accepted;
  }

  /** The submitter's signal aborted, or the wait for the job was refused. */
  #givenUp(job: AnyJob, reason: unknown): void {
    if (job.state === "queued") this.#dequeue(job, "cancelled", reason);
    else this.#runner.stop(job, reason, true);
  }

  #dequeue(job: AnyJob, end: JobEnd, reason: unknown): void {
    if (job.state !== "queued") return;
    this.#queue.remove(job);
    job.state = "ended";
    job.reject(reason);
    this.jobEnded(job, end, reason);
    this.#slots.fill();
  }

  async #close(graceMs: number): Promise<CloseReport> {
    this.#cap.unfollow();
    for (const job of this.#queue.entries())
      this.#dequeue(job, "failed", refusals.closedWhileQueued(job.jobId, this.name));
    const abandoned = await this.#runner.drain(graceMs);
    this.#events.lane({ type: "lane-closed", abandoned });
    return { abandoned };
  }
}
