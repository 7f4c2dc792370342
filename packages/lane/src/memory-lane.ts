import { currentJob } from "./current-job.ts";
import { requireGrace, requireInstant, requireUsedWeight } from "./check-arguments.ts";
import { beginWaitHere, recheckWaits } from "./deadlock.ts";
import { EventReporter } from "./event-reporter.ts";
import type { JobEnd } from "./events.ts";
import { FairQueue } from "./fair-queue.ts";
import { requireWholeNumber } from "./internal/whole-number.ts";
import type { Job, JobContext, RunOptions, SubmitOptions, Ticket, UnnamedJob } from "./job.ts";
import { unnamedJob } from "./job.ts";
import { JobRunner } from "./job-runner.ts";
import { type AnyJob, LaneJob } from "./lane-job.ts";
import { LaneTicket } from "./lane-ticket.ts";
import type { CloseOptions, CloseReport, Lane, LaneStats, LaneSupports } from "./lane.ts";
import { LiveLimit } from "./limit.ts";
import type { Placement, WaitingFor } from "./placement.ts";
import { RunTimes } from "./run-times.ts";
import type { Caller } from "./caller.ts";
import { checkJob, type LaneOptions, readOptions } from "./options.ts";
import * as refusals from "./refusals.ts";
import { StartGate } from "./start-gate.ts";
import { steadyNow } from "./steady-clock.ts";
import { boundReached } from "./wait-bounds.ts";
import type { SlotHost } from "./wait.ts";

const supports: LaneSupports = Object.freeze({
  closures: true,
  yield: true,
  deadlock: true,
  aging: true,
  callerCap: true,
  rate: true,
  priorityLevels: Number.POSITIVE_INFINITY,
  position: "exact",
  capScope: "process",
});

/** The in-memory lane: it decides what starts, and keeps the account of what runs and how it ended. */
export class MemoryLane implements Lane, SlotHost {
  readonly name: string;
  readonly supports: LaneSupports = supports;
  readonly #options: LaneOptions;
  readonly #queue: FairQueue<AnyJob>;
  readonly #runner: JobRunner;
  /** Queued and running jobs by id. */
  readonly #jobs = new Map<string, AnyJob>();
  readonly #cap: LiveLimit;
  readonly #gate: StartGate;
  readonly #events: EventReporter;
  readonly #times: RunTimes;
  readonly #counts = { submitted: 0, finished: 0, cancelled: 0, failed: 0 };
  #closing: Promise<CloseReport> | undefined;

  constructor(options: LaneOptions) {
    const { name, rate, onEvent, logger, callerWeight = (): number => 1, clock: now = steadyNow } = options;
    this.#queue = new FairQueue({ ...readOptions(options), callerWeight });
    this.name = name;
    this.#options = options;
    this.#cap = new LiveLimit(options.maxConcurrent, name, logger);
    this.#queue.setCallerCap(options.maxConcurrentPerCaller ?? Number.POSITIVE_INFINITY);
    this.#gate = new StartGate(rate, now, () => this.#pump());
    this.#events = new EventReporter({ lane: name, onEvent, now, logger });
    this.#runner = new JobRunner({
      lane: name,
      stuckMs: options.stuckMs ?? 10_000,
      events: this.#events,
      queue: this.#queue,
      ended: (job, end, reason) => this.#forget(job, end, reason),
      freed: () => this.#freed(),
    });
    this.#times = new RunTimes(now);
    this.#cap.follow(() => this.#capChanged(this.#cap.refresh()));
  }

  get holders(): readonly AnyJob[] {
    return this.#runner.holders;
  }

  get hasFreeSlot(): boolean {
    return this.#runner.holders.length < this.#cap.value;
  }

  isCapped(callerId: string | undefined): boolean {
    return this.#queue.isCapped(callerId);
  }

  async submit<T>(job: Job<T>, options: SubmitOptions = {}): Promise<Ticket<T>> {
    return new LaneTicket(this, this.#accept(job, options, false));
  }

  submitWait<T>(job: Job<T>, options: SubmitOptions = {}): Promise<T> {
    return this.#acceptAndWait(job, options, false);
  }

  run<T>(work: (context: JobContext) => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
    return this.#acceptAndWait(unnamedJob(work, options), options, true);
  }

  async placement(jobId: string): Promise<Placement | undefined> {
    const job = this.#jobs.get(jobId) ?? this.#runner.find(jobId);
    if (job === undefined) return undefined;
    if (job.state !== "queued") return { state: "running", exact: true };
    const position = this.#queue.positionOf(job);
    const isCalm = this.#options.rate === undefined && this.#options.maxConcurrentPerCaller === undefined;
    const waitingFor = this.#whatDelays(job, position);
    const canTell = waitingFor === "turn" || waitingFor === "cap";
    return {
      state: "queued",
      position,
      etaMs: canTell ? this.#times.etaMs(position, this.holders, this.#cap.value) : undefined,
      waitingFor,
      exact: isCalm && !this.#gate.isHeld,
    };
  }

  async cancel(jobId: string): Promise<void> {
    const job = this.#known(jobId, "cancel");
    if (job.state !== "queued") throw refusals.notQueued(jobId, this.name);
    this.#dequeue(job, "cancelled", refusals.cancelled(jobId, this.name));
  }

  async abort(jobId: string, reason?: unknown): Promise<void> {
    const job = this.#known(jobId, "abort");
    if (job.state === "queued") throw refusals.notRunning(jobId, this.name);
    this.#runner.stop(job, reason ?? refusals.aborted(jobId, this.name), true);
  }

  async stats(): Promise<LaneStats> {
    const { size: running, yieldedCount: yielded } = this.#runner;
    return { ...this.#counts, queued: this.#queue.size, running, yielded, maxConcurrent: this.#cap.value };
  }

  async setMaxConcurrent(maxConcurrent: number): Promise<void> {
    requireWholeNumber(maxConcurrent, `Cannot change lane "${this.name}": 'maxConcurrent'`, 0);
    if (this.#cap.bound) throw refusals.capBound(this.name);
    this.#capChanged(this.#cap.set(maxConcurrent));
  }

  async holdUntil(at: number, reason: string): Promise<void> {
    requireInstant(at, this.name);
    if (this.#gate.hold(at)) this.#events.lane({ type: "lane-held", until: at, reason });
  }

  async close({ graceMs = 10_000 }: CloseOptions = {}): Promise<CloseReport> {
    requireGrace(graceMs, this.name);
    this.#runner.excuse(currentJob());
    if (this.#closing) return this.#closing;
    // Set first: what `#close` calls back must find the lane closed.
    const { promise, resolve } = Promise.withResolvers<CloseReport>();
    this.#closing = promise;
    resolve(this.#close(graceMs));
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  settleWeight(job: AnyJob, actual: number): void {
    requireUsedWeight(actual, job.jobId);
    this.#gate.settle(job, actual);
    this.#pump();
  }

  yieldWhile<U>(job: AnyJob, wait: () => PromiseLike<U>): Promise<U> {
    return this.#runner.yieldWhile(job, wait);
  }

  // Not async: one more promise for each job costs as much as the queue. The deadlock check may take it out again.
  #acceptAndWait<T>(job: UnnamedJob<T>, options: SubmitOptions, unnamed: boolean): Promise<T> {
    try {
      const accepted = this.#accept(job, options, unnamed);
      beginWaitHere(accepted as AnyJob, (error) => this.#givenUp(accepted as AnyJob, error));
      return accepted.result;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #accept<T>(job: UnnamedJob<T>, { signal, admit }: SubmitOptions, unnamed: boolean): LaneJob<T> {
    signal?.throwIfAborted();
    checkJob(this.name, job, unnamed);
    this.#refreshCap();
    const caller = this.#queue.callerOf(job.callerId);
    const startsAtOnce = this.#startsAtOnce(caller, job.weight);
    this.#admit(job, startsAtOnce || admit === "always" ? undefined : caller);
    const accepted = new LaneJob(this, caller, this.#counts.submitted, job);
    const entry = accepted as AnyJob;
    // A listener that is told of the job first may change what starts.
    const passes = startsAtOnce && this.#options.onEvent === undefined;
    if (passes) this.#queue.pass(entry);
    else this.#queue.push(entry, job.priority ?? 0);
    this.#counts.submitted += 1;
    // Without a listener nobody knows the id of a job that `run` made before its code asks for it.
    if (!unnamed || (this.#options.onEvent && !this.#jobs.has(accepted.jobId)))
      this.#jobs.set(accepted.jobId, entry);
    if (signal) accepted.follow(signal, () => this.#givenUp(entry, signal.reason));
    this.#events.job("job-queued", entry);
    if (passes) this.#start(entry);
    else if (this.hasFreeSlot) this.#pump();
    return accepted;
  }

  /** Refuses what cannot be taken, before anything of it is registered. */
  #admit({ id, weight = 1 }: UnnamedJob<unknown>, mustWait: Caller<AnyJob> | undefined): void {
    if (this.#closing) throw refusals.closed(id, this.name);
    const known = id === undefined ? undefined : this.#jobs.get(id);
    if (id !== undefined && known) throw refusals.duplicate(id, this.name, known.state);
    const window = this.#gate.tooHeavy(weight);
    if (window) throw refusals.tooHeavy(id, this.name, weight, window.limit);
    const refusal = mustWait && boundReached(id, this.#options, this.#queue.size, mustWait.queued);
    if (refusal) throw refusal;
  }

  /** True if nothing stands between a job and a slot. */
  #startsAtOnce(caller: Caller<AnyJob>, weight = 1): boolean {
    if (!this.hasFreeSlot || this.#queue.hasEligible || this.#runner.returning !== undefined) return false;
    return !this.#queue.isAtCap(caller) && this.#gate.waitMs(weight) <= 0;
  }

  #whatDelays(job: AnyJob, position: number): WaitingFor {
    if (this.#gate.isHeld || this.#cap.value === 0) return "hold";
    if (this.#queue.isAtCap(job.caller)) return "caller-cap";
    if (position > 0) return "turn";
    return this.hasFreeSlot && this.#gate.waitMs(job.weight) > 0 ? "rate" : "cap";
  }

  #known(jobId: string, verb: string): AnyJob {
    const job = this.#jobs.get(jobId) ?? this.#runner.find(jobId);
    if (job === undefined) throw refusals.unknownJob(verb, jobId, this.name);
    return job;
  }

  /** Starts what fits. True if something got a slot. */
  #pump(): boolean {
    const isOtherCap = this.#refreshCap();
    let started = false;
    while (this.hasFreeSlot && this.#startNext()) started = true;
    if (this.#queue.size === 0) this.#gate.rest();
    if (isOtherCap && !started) recheckWaits();
    return started;
  }

  /** Asks a cap that is a function again. True if it is another now. */
  #refreshCap(): boolean {
    if (!this.#cap.bound || !this.#cap.refresh()) return false;
    this.#events.lane({ type: "cap-changed", maxConcurrent: this.#cap.value });
    return true;
  }

  #startNext(): boolean {
    const returning = this.#runner.returning;
    if (returning) {
      this.#runner.resume(returning);
      return true;
    }
    const next = this.#closing ? undefined : this.#queue.peek();
    if (next === undefined) return false;
    if (this.#gate.delays(next.weight)) return false;
    this.#queue.next();
    this.#start(next);
    return true;
  }

  #start(job: AnyJob): void {
    this.#gate.started(job);
    this.#times.started(job);
    this.#runner.start(job);
  }

  /** A slot has become free, or was one too many. */
  #freed(): void {
    // Unlike a job that starts, one that comes back may wait for others.
    const comesBack = this.#runner.returning !== undefined;
    if (this.#pump() && !comesBack) return;
    if (this.#queue.size > 0 || this.#runner.yieldedCount > 0) recheckWaits();
  }

  #capChanged(changed: boolean): void {
    if (!changed) return;
    this.#events.lane({ type: "cap-changed", maxConcurrent: this.#cap.value });
    this.#freed();
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
    this.#forget(job, end, reason);
    this.#pump();
  }

  #forget(job: AnyJob, end: JobEnd, reason: unknown): void {
    this.#times.ended(job);
    if (this.#jobs.size > 0 && this.#jobs.get(job.jobId) === job) this.#jobs.delete(job.jobId);
    this.#counts[end] += 1;
    this.#events.job("job-ended", job, end === "finished" ? { end } : { end, reason });
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
