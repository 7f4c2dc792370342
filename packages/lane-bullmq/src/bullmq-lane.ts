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
import { Intake } from "./intake.ts";
import { Ends, lookAt } from "./jobs/ends.ts";
import type { LaneParts } from "./lane-parts.ts";
import { Opening } from "./opening.ts";
import { placementOf } from "./placement.ts";
import { Channel, type Order } from "./redis/channel.ts";
import * as refusals from "./refusals.ts";
import { Stopping } from "./stopping.ts";
import { supports } from "./supports.ts";
import { Sweeper } from "./sweeper.ts";
import { Tender } from "./tender.ts";
import { JobRunner } from "./worker/job-runner.ts";
import { currentJob } from "./worker/running-job.ts";

/** A lane whose queue is in Redis: any number of processes share its jobs, its order and its cap. */
export interface BullmqLane extends Lane {
  /**
   * Resolves once this process takes part: it has set its cap and begun to take jobs. Everything else waits for that by itself.
   * Waits as long as Redis is not there. Rejects when Redis refuses, or the lane is closed; when called again, with the next try.
   */
  ready(): Promise<void>;
  /** Deletes ended jobs that are past `retentionMs` now, and resolves with their number. Happens by itself every `sweepEveryMs`. */
  sweep(): Promise<number>;
}

/** The longest that Redis can keep anything: some thousands of centuries. */
const longestHoldMs = Number.MAX_SAFE_INTEGER;

export class RedisLane implements BullmqLane {
  readonly name: string;
  readonly supports: LaneSupports = supports;
  readonly #parts: LaneParts;
  readonly #cap: Cap;
  readonly #channel: Channel;
  readonly #runner: JobRunner;
  readonly #stopping: Stopping;
  readonly #intake: Intake;
  readonly #tender: Tender;
  readonly #sweeper: Sweeper;
  readonly #opening: Opening;
  #closing: Promise<CloseReport> | undefined;
  #isGone = false;

  constructor(parts: LaneParts, firstCap: number | undefined) {
    this.#parts = parts;
    this.name = parts.name;
    const cap = new Cap(parts, firstCap);
    this.#cap = cap;
    const ends = new Ends(parts, (jobId) => this.#runner.find(jobId) !== undefined);
    const onAbort = (order: Order): void => this.#stopping.aborted(order);
    this.#tender = new Tender({ parts, cap, ends, onAbort });
    this.#channel = new Channel(parts.link, parts.process, {
      onAbort,
      onEnd: (jobId, early) => {
        if (early) parts.local.settle(jobId, { end: "failed", reason: early.reason });
        else ends.told(jobId);
      },
      onReconnect: () => void this.#tender.look(),
    });
    this.#runner = new JobRunner(parts, this.#channel, {
      cap: () => cap.known,
      onStalled: () => void this.#tender.look(),
    });
    this.#stopping = new Stopping(parts, this.#runner, () => this.#tender.soon());
    this.#sweeper = new Sweeper(parts);
    this.#opening = new Opening({
      open: () => this.#open(),
      onError: parts.onError,
      toReason: (error) => parts.answers.coded(error, "open"),
      closed: () => refusals.closedLane("open", this.name),
    });
    this.#intake = new Intake({
      parts,
      stopping: this.#stopping,
      ready: () => this.#opening.ready,
      cap: () => cap.known,
    });
    void this.#opening.begin();
  }

  ready(): Promise<void> {
    return this.#opening.ready;
  }

  async submit<T>(job: Job<T>, options: SubmitOptions = {}): Promise<Ticket<T>> {
    const { jobId, result } = await this.#intake.submit(job, options);
    return { jobId, result: result as Promise<T>, placement: () => this.placement(jobId) };
  }

  async submitWait<T>(job: Job<T>, options: SubmitOptions = {}): Promise<T> {
    return (await this.#intake.submit(job, options)).result as Promise<T>;
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
    const state = await this.#ask(() => this.#stopping.stop(jobId, "cancel", reason), "cancel");
    if (state === "taken") return;
    throw state === ""
      ? refusals.unknownJob("cancel", jobId, this.name)
      : refusals.notQueued(jobId, this.name, state);
  }

  async abort(jobId: string, reason?: unknown): Promise<void> {
    const state = await this.#ask(() => this.#stopping.stop(jobId, "abort", reason), "abort");
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
    const ms = Math.min(longestHoldMs, Math.ceil(at - this.#parts.settings.clock()));
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
    await this.#intake.open();
    if (this.#closing) return;
    this.#cap.follow();
    this.#runner.start();
    await this.#tender.look();
    this.#sweeper.start();
  }

  async #ask<T>(ask: () => Promise<T>, what: string): Promise<T> {
    if (this.#isGone) throw refusals.closedLane(what, this.name);
    return this.#parts.answers.wait(this.#opening.ready.then(ask), what);
  }

  async #close(graceMs: number): Promise<CloseReport> {
    this.#opening.close();
    this.#runner.shut();
    this.#cap.close();
    this.#sweeper.close();
    this.#intake.close();
    for (const job of this.#parts.local.all())
      if (job.isAccepted && !this.#runner.find(job.jobId)) this.#stopping.leave(job);
    const report = await this.#runner.drain(graceMs);
    const { abandoned, unwritten = [] } = report;
    const gone = this.#leaveRedis(abandoned.length + unwritten.length > 0);
    // A job that closes its own lane ends after that.
    if (!this.#runner.isExcusing) await gone;
    this.#parts.tell({ type: "lane-closed", abandoned });
    return report;
  }

  async #leaveRedis(isAbandoning: boolean): Promise<void> {
    const { link, answers, onError, onClosed, local } = this.#parts;
    try {
      await this.#runner.close(isAbandoning);
    } catch (error) {
      onError(error);
    }
    this.#isGone = true;
    onClosed();
    this.#tender.close();
    for (const job of local.all()) this.#stopping.leave(job);
    this.#channel.close();
    await link.close();
    answers.close();
  }
}
