import type { JobContext } from "../job.ts";
import type { JobMove, NewJobRow } from "./persistence-store.ts";

/** What a job does. */
export type RunFunction = (context: JobContext) => unknown;

/**
 * Where a copy stands: its row is being written; it waits in the inner lane; its code runs, or is about to; or it is over
 * for this process, and at most its end has still to be written.
 */
export type HeldState = "submitting" | "queued" | "running" | "over";

/** A job of which this process holds the copy that will run. */
export class HeldJob {
  readonly row: NewJobRow;
  readonly epoch: number;
  /** Rejects with why the job cannot be built again. */
  readonly run: RunFunction | Promise<RunFunction>;
  state: HeldState;
  /** Why its promise has been rejected, if it has: before its code ran, or while it runs. */
  gaveUp: { readonly reason: unknown } | undefined;
  /** Another process has it. */
  isFenced = false;
  /** The write of its end, so that it is made once. */
  ending: Promise<void> | undefined;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #dropped: PromiseWithResolvers<void> | undefined;

  constructor(row: NewJobRow, epoch: number, run: RunFunction | Promise<RunFunction>, state: HeldState) {
    this.row = row;
    this.epoch = epoch;
    this.run = run;
    this.state = state;
    // Most jobs are there as functions, and need none.
    this.#dropped = typeof run === "function" ? undefined : Promise.withResolvers<void>();
    // Only the job's code waits for it, and it may never get there.
    this.#accepted.promise.catch(() => {});
    if (state !== "submitting") this.#accepted.resolve();
  }

  get isQueued(): boolean {
    return this.state === "submitting" || this.state === "queued";
  }

  get jobId(): string {
    return this.row.jobId;
  }

  /** Resolves once its row is written, or rejects with why it is not. */
  get accepted(): Promise<void> {
    return this.#accepted.promise;
  }

  /** The job's code once it is built, or nothing if the copy is dropped before that. */
  get built(): RunFunction | Promise<RunFunction | void> {
    return typeof this.run === "function" ? this.run : Promise.race([this.run, this.#dropped?.promise]);
  }

  /** Nobody here will run it any more. */
  drop(): void {
    this.#dropped?.resolve();
  }

  accept(): void {
    if (this.state === "submitting") this.state = "queued";
    this.#accepted.resolve();
  }

  refuse(error: unknown): void {
    this.state = "over";
    this.#accepted.reject(error);
  }

  /** Throws why its promise has been rejected, if it has. */
  throwIfGivenUp(): void {
    if (this.gaveUp) throw this.gaveUp.reason;
  }

  move(from: JobMove["from"], to: JobMove["to"], reason?: string): JobMove {
    return { jobId: this.jobId, epoch: this.epoch, from, to, reason };
  }
}
