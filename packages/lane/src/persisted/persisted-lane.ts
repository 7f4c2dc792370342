import { requireClose } from "../check-arguments.ts";
import { LaneError } from "../errors.ts";
import {
  type Job,
  type JobContext,
  type RunOptions,
  type SubmitOptions,
  type Ticket,
  unnamedJob,
} from "../job.ts";
import type { CloseOptions, CloseReport, Lane, LaneStats, LaneSupports } from "../lane.ts";
import type { Placement } from "../placement.ts";
import { checkCall } from "../options.ts";
import * as refusals from "../refusals.ts";
import { HeldJobs } from "./held-jobs.ts";
import { JobWrites } from "./job-writes.ts";
import { NewJobs } from "./new-jobs.ts";
import { Ownership } from "./ownership.ts";
import type { PersistedLane, PersistOptions } from "./persist-options.ts";
import { eventTeller } from "./persisted-events.ts";
import type { PersistenceStore } from "./persistence-store.ts";
import { reasonText } from "./reason-text.ts";
import type { RecoveryReport } from "./recovery.ts";
import { StoreCalls } from "./store-calls.ts";
import { StoredJobs } from "./stored-jobs.ts";

/** A lane around a lane: the inner one queues and runs, this one has every step written before it is taken. */
export class LaneWithStore implements PersistedLane {
  readonly name: string;
  readonly supports: LaneSupports;
  readonly #inner: Lane;
  readonly #writes: JobWrites;
  readonly #jobs: HeldJobs;
  readonly #newJobs: NewJobs;
  readonly #stored: StoredJobs;
  readonly #ownership: Ownership;
  #recovering: Promise<RecoveryReport> | undefined;
  #closing: Promise<CloseReport> | undefined;

  constructor(inner: Lane, store: PersistenceStore, options: PersistOptions) {
    const {
      leaseMs = 10_000,
      storeTimeoutMs = 10_000,
      onEvent,
      logger,
      reconstruct,
      onInterrupted,
    } = options;
    const { reconstructTimeoutMs = 10_000, maxInterruptions = 3 } = options;
    const lane = inner.name;
    const owner = crypto.randomUUID();
    const tell = eventTeller(lane, onEvent, logger);
    this.name = lane;
    this.supports = inner.supports;
    this.#inner = inner;
    const calls = new StoreCalls(storeTimeoutMs, (error) => tell({ type: "store-failed", error }));
    this.#jobs = new HeldJobs({
      inner,
      writes: () => this.#writes,
      tell,
      suspect: (jobId) => this.#ownership.suspect(jobId),
    });
    this.#writes = new JobWrites({ lane, store, calls, done: (held, moved) => this.#jobs.done(held, moved) });
    this.#stored = new StoredJobs({ lane, store, calls });
    this.#ownership = new Ownership({
      lane,
      owner,
      store,
      calls,
      tell,
      logger,
      leaseMs,
      reconstruct,
      reconstructTimeoutMs,
      onInterrupted,
      maxInterruptions,
      jobs: this.#jobs,
      writes: this.#writes,
      stored: this.#stored,
    });
    this.#newJobs = new NewJobs({
      lane: this,
      owner,
      store,
      calls,
      jobs: this.#jobs,
      writes: this.#writes,
      isClosing: () => this.#closing !== undefined,
      onFirst: () => this.#ownership.start(),
      suspect: (jobId) => this.#ownership.suspect(jobId),
    });
  }

  submit<T>(job: Job<T>, options: SubmitOptions = {}): Promise<Ticket<T>> {
    return this.#newJobs.submit(job, options);
  }

  async submitWait<T>(job: Job<T>, options: SubmitOptions = {}): Promise<T> {
    const ticket = await this.submit(job, options);
    try {
      return await ticket.result;
    } catch (error) {
      // A wait that could never end: the job that it made goes with it. If the error is the job's own, it has ended.
      if (error instanceof LaneError && error.code === "LANE_DEADLOCK")
        await this.cancel(job.id, error).catch(() => {});
      throw error;
    }
  }

  async run<T>(work: (context: JobContext) => T | PromiseLike<T>, options: RunOptions = {}): Promise<T> {
    // Before it is taken apart, which hides what it was.
    checkCall(this.name, { run: work }, options, true);
    const { signal } = options;
    return this.submitWait({ ...unnamedJob(work, options), id: crypto.randomUUID() }, { signal });
  }

  async placement(jobId: string): Promise<Placement | undefined> {
    const held = this.#jobs.get(jobId);
    return (held && (await this.#inner.placement(jobId))) ?? this.#stored.placement(jobId);
  }

  async cancel(jobId: string, reason?: unknown): Promise<void> {
    const held = this.#jobs.get(jobId);
    // A submit that is under way comes first; if it fails, there is nothing to cancel.
    await held?.submitted;
    if (!held || held.state === "over") return this.#stored.cancel(jobId, reason);
    try {
      await this.#inner.cancel(jobId, reason);
    } catch (error) {
      if (!(error instanceof LaneError && error.code === "LANE_UNKNOWN_JOB")) throw error;
      // Somebody was quicker: what is written in the end says who.
      await held.ending?.catch(() => {});
      return this.#stored.cancel(jobId, reason);
    }
    const text = reason === undefined ? "cancelled" : reasonText(reason);
    await this.#writes.end(held, "queued", "cancelled", text);
  }

  async abort(jobId: string, reason?: unknown): Promise<void> {
    if (!this.#jobs.get(jobId)) return this.#stored.refuseAbort(jobId);
    await this.#inner.abort(jobId, reason);
  }

  stats(): Promise<LaneStats> {
    return this.#inner.stats();
  }

  setMaxConcurrent(maxConcurrent: number): Promise<void> {
    return this.#inner.setMaxConcurrent(maxConcurrent);
  }

  holdUntil(at: number, reason: string): Promise<void> {
    return this.#inner.holdUntil(at, reason);
  }

  async recover(): Promise<RecoveryReport> {
    if (this.#closing) throw refusals.closed(undefined, this.name);
    this.#recovering ??= this.#ownership.recover().finally(() => (this.#recovering = undefined));
    return this.#recovering;
  }

  async close(options: CloseOptions = {}): Promise<CloseReport> {
    requireClose(options, this.name);
    if (this.#closing === undefined) {
      const { promise, resolve } = Promise.withResolvers<CloseReport>();
      this.#closing = promise;
      resolve(this.#close(options));
    } else {
      // Only so that a job that closes its lane is not waited for.
      void this.#inner.close(options);
    }
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(options: CloseOptions): Promise<CloseReport> {
    const shut = this.#jobs.shut();
    const report = await this.#inner.close(options);
    await shut;
    for (const jobId of report.abandoned) {
      const held = this.#jobs.get(jobId);
      if (held?.state === "running") this.#writes.end(held, "running", "failed", "shutdown").catch(() => {});
    }
    await Promise.allSettled(this.#jobs.all().map(async ({ ending }) => ending));
    await this.#writes.retry();
    const { unwritten } = this.#writes;
    const isOver = this.#jobs.all().every(({ ending }) => ending !== undefined);
    if (isOver) await this.#ownership.letGo();
    // The job in whose code the lane was closed still runs.
    else this.#jobs.whenEmpty(() => void this.#ownership.letGo());
    return { ...report, unwritten };
  }
}
