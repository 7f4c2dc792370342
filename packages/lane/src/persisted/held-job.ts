import type { JobContext } from "../job.ts";
import type { JobMove } from "./persistence-store.ts";

/** What a job does. */
export type RunFunction = (context: JobContext) => unknown;

/**
 * Where a copy stands: its row is being written; it waits in the inner lane; its code runs, or is about to; or it is over
 * for this process, and at most its end has still to be written.
 */
export type HeldState = "submitting" | "queued" | "running" | "over";

/**
 * A job of which this process holds the copy that will run. There are as many as wait, and what each keeps is moved by the
 * garbage collector while nothing else can happen: so its row is not kept, and a promise only where somebody asks for it.
 */
export class HeldJob {
  readonly jobId: string;
  readonly epoch: number;
  state: HeldState;
  /** Why its promise has been rejected, if it has: before its code ran, or while it runs. */
  gaveUp: { readonly reason: unknown } | undefined = undefined;
  /** Another process has it. */
  isFenced = false;
  /** The write of its end, so that it is made once. */
  ending: Promise<void> | undefined = undefined;
  #run: RunFunction | Promise<RunFunction> | undefined;
  #submitted: PromiseWithResolvers<void> | undefined = undefined;
  readonly #dropped: PromiseWithResolvers<void> | undefined;

  /** @param run rejects with why the job cannot be built again */
  constructor(jobId: string, epoch: number, run: RunFunction | Promise<RunFunction>, state: HeldState) {
    this.jobId = jobId;
    this.epoch = epoch;
    this.#run = run;
    this.state = state;
    // Most jobs are there as functions, and need none.
    this.#dropped = typeof run === "function" ? undefined : Promise.withResolvers<void>();
  }

  get isQueued(): boolean {
    return this.state === "submitting" || this.state === "queued";
  }

  /** Resolves once it is known whether its row is written. */
  get submitted(): Promise<void> {
    if (this.state !== "submitting") return Promise.resolve();
    this.#submitted ??= Promise.withResolvers<void>();
    return this.#submitted.promise;
  }

  /** The job's code once it is built, or nothing if the copy is dropped before that. */
  get built(): RunFunction | Promise<RunFunction | void> | undefined {
    const run = this.#run;
    return run instanceof Promise ? Promise.race([run, this.#dropped?.promise]) : run;
  }

  /** Its code is not needed any more, and not kept: this object may outlive the job, in what a map has outgrown. */
  drop(): void {
    this.#run = undefined;
    this.#dropped?.resolve();
  }

  /** Its row is written. */
  accept(): void {
    if (this.state === "submitting") this.state = "queued";
    this.#submitted?.resolve();
  }

  /** It never runs: its row could not be written, or the inner lane does not take it. */
  refuse(reason: unknown): void {
    this.state = "over";
    this.gaveUp ??= { reason };
    this.#submitted?.resolve();
  }

  /** Throws why its promise has been rejected, if it has. */
  throwIfGivenUp(): void {
    if (this.gaveUp) throw this.gaveUp.reason;
  }

  move(from: JobMove["from"], to: JobMove["to"], reason?: string): JobMove {
    return { jobId: this.jobId, epoch: this.epoch, from, to, reason };
  }
}
