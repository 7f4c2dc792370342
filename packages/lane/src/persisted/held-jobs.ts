import { currentJob, runOutside } from "../current-job.ts";
import { LaneError } from "../errors.ts";
import type { JobContext, SubmitOptions, Ticket } from "../job.ts";
import type { Lane } from "../lane.ts";
import * as refusals from "../refusals.ts";
import type { HeldJob, RunFunction } from "./held-job.ts";
import type { JobWrites } from "./job-writes.ts";
import type { Tell } from "./persisted-events.ts";
import type { Moved, NewJobRow } from "./persistence-store.ts";
import { reasonText } from "./reason-text.ts";

export interface HeldJobsOptions {
  readonly inner: Lane;
  readonly writes: () => JobWrites;
  readonly tell: Tell;
  /** The row of a job may be this process's although it holds no copy any more. */
  readonly suspect: (jobId: string) => void;
}

interface Failure {
  readonly error: unknown;
}

/** The jobs of which this process holds the copy that runs: they wait in the inner lane, and each step is written first. */
export class HeldJobs {
  readonly #options: HeldJobsOptions;
  readonly #jobs = new Map<string, HeldJob>();
  #isShut = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: HeldJobsOptions) {
    this.#options = options;
  }

  get(jobId: string): HeldJob | undefined {
    return this.#jobs.get(jobId);
  }

  all(): HeldJob[] {
    return [...this.#jobs.values()];
  }

  /** Queues a job in the inner lane. Rejects with the inner lane's refusal, and then holds nothing. */
  async hold(held: HeldJob, row: NewJobRow, options: SubmitOptions): Promise<Ticket<unknown>> {
    const { jobId: id, callerId, priority, weight, timeoutMs, name, metadata } = row;
    const run = (context: JobContext): Promise<unknown> => this.#live(held, context);
    this.#jobs.set(id, held);
    try {
      const job = { id, callerId, priority, weight, timeoutMs, name, metadata, run };
      const ticket = await this.#options.inner.submit(job, options);
      resultOf(ticket).catch((reason: unknown) => this.#gaveUp(held, reason));
      return ticket;
    } catch (error) {
      held.refuse(error);
      this.#forget(held);
      throw error;
    }
  }

  /** The row of a job could not be written: it never runs. */
  async refuse(held: HeldJob, error: unknown): Promise<void> {
    held.refuse(error);
    this.#forget(held);
    await this.takeOut(held, error);
  }

  /** Takes a job out of the inner lane with a reason. If its code has been entered, that gives up by itself. */
  async takeOut(held: HeldJob, reason: unknown): Promise<void> {
    await this.#options.inner.cancel(held.jobId, reason).catch(() => {});
  }

  /** Another process has the job: its copy here is dropped, or told to stop. */
  async fence(held: HeldJob): Promise<void> {
    const { inner, tell } = this.#options;
    const error = refusals.fenced(held.jobId, inner.name);
    const wasQueued = held.state === "queued";
    held.state = "over";
    held.isFenced = true;
    tell({ type: "job-fenced", jobId: held.jobId });
    if (wasQueued) this.#forget(held);
    await inner.cancel(held.jobId, error).catch(() => inner.abort(held.jobId, error).catch(() => {}));
  }

  /** From now on nothing starts: who is queued stays so in the store. */
  async shut(): Promise<void> {
    this.#isShut = true;
    const queued = this.all().filter(({ state }) => state === "queued");
    await Promise.all(queued.map((held) => this.leave(held)));
  }

  get isShut(): boolean {
    return this.#isShut;
  }

  /** Drops the copy of a job that is queued in the store and stays so. */
  async leave(held: HeldJob): Promise<void> {
    const reason = refusals.survivesClose(held.jobId, this.#options.inner.name);
    held.gaveUp ??= { reason };
    held.state = "over";
    this.#forget(held);
    await this.takeOut(held, reason);
  }

  /** A job's end has been written, or somebody else has written one. */
  done(held: HeldJob, moved: Moved): void {
    this.#forget(held);
    const isCancelled = !moved.applied && moved.state === "cancelled";
    if (!moved.applied && !isCancelled) this.#options.tell({ type: "job-fenced", jobId: held.jobId });
  }

  /** Calls back once no copy is left; at once if there is none. */
  whenEmpty(callback: () => void): void {
    if (this.#jobs.size === 0) callback();
    else this.#onEmpty = callback;
  }

  #forget(held: HeldJob): void {
    if (this.#jobs.get(held.jobId) !== held) return;
    this.#jobs.delete(held.jobId);
    held.drop();
    if (this.#jobs.size === 0) this.#onEmpty?.();
  }

  /** A job's promise has been rejected. */
  #gaveUp(held: HeldJob, reason: unknown): void {
    const isKnown = held.gaveUp !== undefined;
    held.gaveUp ??= { reason };
    if (isKnown || held.state !== "queued") return;
    // By its submitter's signal, since waiting for it would never have ended, or while its code was still being built.
    const { to, reason: text } = endOfGivenUp(reason);
    this.#options
      .writes()
      .end(held, "queued", to, text)
      .catch(() => {});
  }

  /** What runs in the inner lane: the job's code, between the writes of its start and its end. */
  async #live(held: HeldJob, context: JobContext): Promise<unknown> {
    const { inner } = this.#options;
    const writes = this.#options.writes();
    if (held.state === "submitting") await held.submitted;
    // Queued as long as that takes: a lane that closes in the meantime leaves it to the next boot.
    const { built } = held;
    const run = built instanceof Promise ? await this.#built(held, built) : built;
    if (held.state === "queued" && this.#isShut) await this.leave(held);
    if (held.state !== "queued" || !run) throw held.gaveUp?.reason ?? refusals.fenced(held.jobId, inner.name);
    held.state = "running";
    try {
      await writes.start(held);
    } catch (error) {
      this.#notStarted(held, error);
      throw error;
    }
    let value: unknown;
    let failure: Failure | undefined;
    try {
      // Given up while its start was written: then its code is not entered any more.
      held.throwIfGivenUp();
      value = await run(context);
    } catch (error) {
      failure = { error };
    }
    await this.#end(held, context, failure);
    if (failure) throw failure.error;
    return value;
  }

  async #built(held: HeldJob, built: Promise<RunFunction | void>): Promise<RunFunction | void> {
    try {
      return await built;
    } catch (error) {
      // Who builds it writes that down.
      held.gaveUp ??= { reason: error };
      throw error;
    }
  }

  #notStarted(held: HeldJob, error: unknown): void {
    held.state = "over";
    this.#forget(held);
    // Not known to be written: the row may be this process's to take up, or to fail.
    if (isStoreUnknown(error)) this.#options.suspect(held.jobId);
  }

  /** Resolves when the end is written, or kept to be written. Throws if it is somebody else's to write. */
  #end(held: HeldJob, context: JobContext, failure: Failure | undefined): Promise<void> | undefined {
    if (held.isFenced) {
      this.#forget(held);
      throw refusals.fenced(held.jobId, this.#options.inner.name);
    }
    // The lane has closed without waiting for it, and said so.
    if (held.ending) return undefined;
    const { to, reason } = failure
      ? endOf(failure.error, context.signal)
      : { to: "finished" as const, reason: undefined };
    return this.#options.writes().end(held, "running", to, reason).catch(throwIfKnown);
  }
}

/** What the job did is done: an end that could not be written is written later, and the job's own outcome counts. */
function throwIfKnown(error: unknown): void {
  if (!isStoreUnknown(error)) throw error;
}

function isStoreUnknown(error: unknown): boolean {
  return error instanceof LaneError && error.code === "LANE_STORE_UNKNOWN";
}

/** A job in whose code this happens does not wait for the other one. */
function resultOf(ticket: Ticket<unknown>): Promise<unknown> {
  return currentJob() === undefined ? ticket.result : runOutside(() => ticket.result);
}

interface End {
  readonly to: "cancelled" | "failed";
  readonly reason: string;
}

/** How a job ended that threw. */
function endOf(error: unknown, signal: AbortSignal): End {
  return signal.aborted ? endOfGivenUp(signal.reason) : { to: "failed", reason: reasonText(error) };
}

/** How a job ended that was told to stop: by its submitter or `abort`, or by its timeout or the end of the lane. */
function endOfGivenUp(reason: unknown): End {
  const isOurs =
    reason instanceof LaneError && (reason.code === "LANE_TIMEOUT" || reason.code === "LANE_CLOSED");
  return { to: isOurs ? "failed" : "cancelled", reason: reasonText(reason) };
}
