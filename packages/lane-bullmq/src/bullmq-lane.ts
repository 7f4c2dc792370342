/// <reference lib="esnext.disposable" preserve="true" />
import type {
  CloseOptions,
  CloseReport,
  Job,
  JobContext,
  Lane,
  LaneStats,
  LaneSupports,
  Placement,
  RunOptions,
  SubmitOptions,
  Ticket,
} from "@executus/lane";
import { Cap, fromNumber } from "./cap.ts";
import { checkJob } from "./check-job.ts";
import { Ends, lookAt } from "./jobs/ends.ts";
import { nearestPriority } from "./jobs/level.ts";
import type { LocalJob } from "./jobs/local-job.ts";
import { Submissions } from "./jobs/submissions.ts";
import type { LaneParts } from "./lane-parts.ts";
import { placementOf } from "./placement.ts";
import { answered } from "./redis/answer.ts";
import { Channel, stopTexts } from "./redis/channel.ts";
import { keyOfJob } from "./redis/keys.ts";
import * as refusals from "./refusals.ts";
import { supports } from "./supports.ts";
import { Sweeper } from "./sweeper.ts";
import { Tender } from "./tender.ts";
import { JobRunner } from "./worker/job-runner.ts";
import { currentJob } from "./worker/running-job.ts";

/** A lane whose queue is in Redis: any number of processes share its jobs, its order and its cap. */
export interface BullmqLane extends Lane {
  /** Resolves once this process takes part: it has set its cap and begun to take jobs. Everything else waits for that by itself. */
  ready(): Promise<void>;
  /** Deletes ended jobs that are past `retentionMs` now, and resolves with their number. Happens by itself every `sweepEveryMs`. */
  sweep(): Promise<number>;
}

type May = "cancel" | "abort" | "either";

export class RedisLane implements BullmqLane {
  readonly name: string;
  readonly supports: LaneSupports = supports;
  readonly #parts: LaneParts;
  readonly #cap: Cap;
  readonly #channel: Channel;
  readonly #runner: JobRunner;
  readonly #submissions: Submissions;
  readonly #tender: Tender;
  readonly #sweeper: Sweeper;
  readonly #ready: Promise<void>;
  #closing: Promise<CloseReport> | undefined;
  #isGone = false;

  constructor(parts: LaneParts, firstCap: number | undefined) {
    this.#parts = parts;
    this.name = parts.name;
    const cap = new Cap(parts, firstCap);
    this.#cap = cap;
    const ends = new Ends(parts, (jobId) => this.#runner.find(jobId) !== undefined);
    const onAbort = (jobId: string, reason: unknown): void => this.#aborted(jobId, reason);
    this.#tender = new Tender({ parts, cap, ends, onAbort });
    this.#channel = new Channel(parts.link, parts.process, {
      onAbort,
      onEnd: (jobId, early) => {
        if (early) parts.local.settle(jobId, { end: "failed", reason: early.reason });
        else ends.told(jobId);
      },
      onReconnect: () => void this.#tender.look(),
    });
    this.#runner = new JobRunner(parts, this.#channel, () => void this.#tender.look());
    this.#submissions = new Submissions(parts, () => cap.known);
    this.#sweeper = new Sweeper(parts);
    this.#ready = this.#open();
    this.#ready.catch(() => {});
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  async submit<T>(job: Job<T>, options: SubmitOptions = {}): Promise<Ticket<T>> {
    const { jobId, result } = await this.#submit(job, options);
    return { jobId, result: result as Promise<T>, placement: () => this.placement(jobId) };
  }

  async submitWait<T>(job: Job<T>, options: SubmitOptions = {}): Promise<T> {
    return (await this.#submit(job, options)).result as Promise<T>;
  }

  async run<T>(_work: (context: JobContext) => T | PromiseLike<T>, _options?: RunOptions): Promise<T> {
    throw refusals.unsupported(
      `Cannot run a function in lane "${this.name}": on BullMQ a job is a name and metadata`,
    );
  }

  async placement(jobId: string): Promise<Placement | undefined> {
    const [look] = await this.#ask(() => lookAt(this.#parts, [jobId]), "find the job");
    return look && placementOf(look);
  }

  async cancel(jobId: string, reason?: unknown): Promise<void> {
    const state = await this.#ask(() => this.#stop(jobId, "cancel", reason), "cancel");
    if (state === "taken") return;
    throw state === ""
      ? refusals.unknownJob("cancel", jobId, this.name)
      : refusals.notQueued(jobId, this.name, state);
  }

  async abort(jobId: string, reason?: unknown): Promise<void> {
    const state = await this.#ask(() => this.#stop(jobId, "abort", reason), "abort");
    if (state === "aborting") return;
    throw state === ""
      ? refusals.unknownJob("abort", jobId, this.name)
      : refusals.notRunning(jobId, this.name, state);
  }

  async stats(): Promise<LaneStats> {
    const counts = await this.#ask(() => this.#parts.link.script("count"), "count");
    const [queued = 0, running = 0, finished = 0, cancelled = 0, failed = 0, cap = -1] = counts as number[];
    const submitted = queued + running + finished + cancelled + failed;
    return {
      submitted,
      queued,
      running,
      yielded: 0,
      finished,
      cancelled,
      failed,
      maxConcurrent: fromNumber(cap),
    };
  }

  setMaxConcurrent(maxConcurrent: number): Promise<void> {
    return this.#ask(() => this.#cap.set(maxConcurrent), "change its cap");
  }

  async holdUntil(at: number, reason: string): Promise<void> {
    if (!Number.isFinite(at))
      throw new RangeError(
        `Cannot hold lane "${this.name}": 'at' must be epoch milliseconds: received ${String(at)}`,
      );
    const ms = Math.ceil(at - this.#parts.settings.clock());
    if (ms <= 0) return;
    const isNew = await this.#ask(() => this.#parts.link.script("hold", ms), "hold");
    if (isNew === 1) this.#parts.tell({ type: "lane-held", until: at, reason });
  }

  sweep(): Promise<number> {
    return this.#ask(() => this.#sweeper.sweep(), "sweep");
  }

  async close({ graceMs = 10_000 }: CloseOptions = {}): Promise<CloseReport> {
    if (!(graceMs >= 0))
      throw new RangeError(
        `Cannot close lane "${this.name}": 'graceMs' must be 0 or more, or Infinity: received ${String(graceMs)}`,
      );
    const inside = currentJob();
    if (inside && this.#runner.find(inside.jobId) === inside) inside.isExcused = true;
    this.#closing ??= this.#close(graceMs);
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #open(): Promise<void> {
    await this.#channel.open();
    await this.#cap.declare();
    if (this.#closing) return;
    this.#cap.follow();
    this.#runner.start();
    await this.#tender.look();
    this.#sweeper.start();
  }

  async #submit(job: Job<unknown>, options: SubmitOptions): Promise<LocalJob> {
    const checked = checkJob(this.name, job, options);
    if (this.#closing) throw refusals.closed(checked.jobId, this.name);
    const { signal, admit } = options;
    const { answerTimeoutMs } = this.#parts.settings;
    await answered(this.#ready, "open", this.name, answerTimeoutMs);
    signal?.throwIfAborted();
    const { accepted, drop } = this.#submissions.submit(checked, admit);
    try {
      const local = await answered(
        unlessAborted(accepted, signal),
        `take job "${checked.jobId}"`,
        this.name,
        answerTimeoutMs,
      );
      this.#queued(local, checked.priority);
      if (signal?.aborted) this.#givenUp(local, signal.reason);
      else if (signal) local.follow(signal, () => this.#givenUp(local, signal.reason));
      return local;
    } catch (error) {
      drop();
      // It may be on its way: then it goes as soon as it has come, if that is what its submitter wants.
      if (signal?.aborted)
        void accepted.then(
          (local) => this.#givenUp(local, signal.reason),
          () => {},
        );
      throw error;
    }
  }

  #queued(local: LocalJob, priority: number): void {
    const { jobId, callerId } = local;
    if (!local.isTold) this.#parts.tell({ type: "job-queued", jobId, callerId });
    local.isTold = true;
    const level = nearestPriority(priority);
    if (level !== priority) this.#parts.tell({ type: "priority-clamped", jobId, priority, level });
    // It came while the lane closed: it is there, and nobody waits for it here.
    if (this.#closing && !this.#runner.find(jobId)) this.#leave(local);
  }

  /** The submitter's signal aborted. */
  #givenUp(local: LocalJob, reason: unknown): void {
    const { jobId } = local;
    this.#parts.local.settle(jobId, { end: "cancelled", reason });
    void this.#stop(jobId, "either", reason).catch(this.#parts.onError);
  }

  /** One step in Redis, and what follows from it here. */
  async #stop(jobId: string, may: May, reason: unknown): Promise<string> {
    const { local, link, tell } = this.#parts;
    const taken = reason ?? refusals.cancelled(jobId, this.name);
    const stopped = reason ?? refusals.aborted(jobId, this.name);
    const callerId = local.get(jobId)?.callerId;
    const state = String(
      await link.script("stop", keyOfJob(jobId), may, ...stopTexts(jobId, taken, stopped)),
    );
    if (state === "aborting") this.#aborted(jobId, stopped);
    if (state !== "taken") return state;
    tell({ type: "job-ended", jobId, callerId, end: "cancelled", reason: taken });
    local.settle(jobId, { end: "cancelled", reason: taken });
    return state;
  }

  /** Somebody wants a running job to stop: its code, if it runs here, and its submitter, if that is here. */
  #aborted(jobId: string, reason: unknown): void {
    this.#runner.stop(jobId, { reason, end: "cancelled" });
    this.#parts.local.settle(jobId, { end: "cancelled", reason });
  }

  /** Others go on with it. */
  #leave({ jobId }: LocalJob): void {
    this.#parts.local.settle(jobId, { end: "failed", reason: refusals.survivesClose(jobId, this.name) });
  }

  async #ask<T>(ask: () => Promise<T>, what: string): Promise<T> {
    if (this.#isGone) throw refusals.closedLane(what, this.name);
    const { answerTimeoutMs } = this.#parts.settings;
    return answered(this.#ready.then(ask), what, this.name, answerTimeoutMs);
  }

  async #close(graceMs: number): Promise<CloseReport> {
    this.#runner.shut();
    this.#cap.close();
    this.#sweeper.close();
    this.#submissions.close();
    for (const job of this.#parts.local.all())
      if (job.isAccepted && !this.#runner.find(job.jobId)) this.#leave(job);
    const abandoned = await this.#runner.drain(graceMs);
    const gone = this.#leaveRedis(abandoned.length > 0);
    // A job that closes its own lane ends after that.
    if (!this.#runner.isExcusing) await gone;
    this.#parts.tell({ type: "lane-closed", abandoned });
    return { abandoned };
  }

  async #leaveRedis(isAbandoning: boolean): Promise<void> {
    const { link, onError, local } = this.#parts;
    try {
      await this.#runner.close(isAbandoning);
    } catch (error) {
      onError(error);
    }
    this.#isGone = true;
    this.#tender.close();
    for (const job of local.all()) this.#leave(job);
    this.#channel.close();
    await link.close();
  }
}

/** Rejects with the signal's reason as soon as it aborts. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
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
