import type { Caller, QueueEntry } from "./caller.ts";
import { runInside } from "./current-job.ts";
import { followSignal, unfollowSignal } from "./follow-signal.ts";
import type { Job, UnnamedJob } from "./job.ts";
import type { Level } from "./level.ts";
import type { RateEntry } from "./rate-windows.ts";
import type { Submission } from "./submission.ts";
import type { JobState, SlotHost, Wait, WaitingJob } from "./wait.ts";
import type { YieldPeriod } from "./yield-period.ts";

/** The lane that runs a job, as the job's context needs it. */
export interface JobHost extends SlotHost {
  settleWeight(job: AnyJob, actual: number): void;
  yieldWhile<U>(job: AnyJob, wait: () => PromiseLike<U>): Promise<U>;
}

/** What most jobs never need. */
interface RareParts {
  /** Of a job that `run` made there is none. */
  id?: string | undefined;
  timeoutMs?: number | undefined;
  weight?: number | undefined;
  rate?: RateEntry | undefined;
  yielding?: YieldPeriod | undefined;
  /** Its result is a ticket's: a rejection that nobody reads must not end the process. */
  hasTicket?: boolean | undefined;
  /** What it waits for, and who waits for it. */
  waits?: Set<Wait> | undefined;
  waitedBy?: Set<Wait> | undefined;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Why its code was told to stop, and whether that makes it cancelled rather than failed. */
  aborted?: { readonly reason: unknown; readonly cancels: boolean } | undefined;
  controller?: AbortController | undefined;
  /** Its submitter's signal, and what is called when that aborts. */
  follows?: { readonly signal: AbortSignal; readonly onAbort: () => void } | undefined;
}

/**
 * What a promise is resolved with in order to reject it. The function that does so directly would be the sixth part of what
 * a queued job takes in memory.
 */
class Rejection {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- the promise is to take it for one
  then(_resolve: unknown, reject: (reason: unknown) => void): void {
    reject(this.#reason);
  }
}

/**
 * One accepted job: its place in the queue, its promise, and what its code has been told. A queue is as large as this and
 * what hangs on it, and most of what a job costs is the garbage collector moving it: so no field without need.
 */
export class LaneJob<T> implements QueueEntry<AnyJob>, WaitingJob {
  level: Level | undefined = undefined;
  place = 0;
  state: JobState = "queued";
  readonly caller: Caller<AnyJob>;
  readonly sequence: number;
  /** Its lane, and the asynchronous context of its submitter. */
  readonly submission: Submission<JobHost>;
  readonly run: Job<T>["run"];
  readonly result: Promise<T>;
  readonly #resolve: (value: T) => void;
  #rare: RareParts | undefined = undefined;

  constructor(submission: Submission<JobHost>, caller: Caller<AnyJob>, sequence: number, job: UnnamedJob<T>) {
    this.submission = submission;
    this.caller = caller;
    this.sequence = sequence;
    this.run = job.run;
    const { promise, resolve } = Promise.withResolvers<T>();
    this.result = promise;
    this.#resolve = resolve;
    if (job.id !== undefined) this.rare.id = job.id;
    if (job.timeoutMs !== undefined) this.rare.timeoutMs = job.timeoutMs;
    if (job.weight !== undefined) this.rare.weight = job.weight;
  }

  get host(): JobHost {
    return this.submission.host;
  }

  get jobId(): string {
    return this.#rare?.id ?? `${this.host.name}#${this.sequence + 1}`;
  }

  get callerId(): string | undefined {
    return this.caller.id;
  }

  /** What few jobs have; writing to it makes it. */
  get rare(): RareParts {
    this.#rare ??= {};
    return this.#rare;
  }

  get weight(): number {
    return this.#rare?.weight ?? 1;
  }

  get timeoutMs(): number {
    return this.#rare?.timeoutMs ?? Number.POSITIVE_INFINITY;
  }

  get aborted(): RareParts["aborted"] {
    return this.#rare?.aborted;
  }

  get yielding(): RareParts["yielding"] {
    return this.#rare?.yielding;
  }

  get waits(): RareParts["waits"] {
    return this.#rare?.waits;
  }

  get timer(): RareParts["timer"] {
    return this.#rare?.timer;
  }

  get rate(): RareParts["rate"] {
    return this.#rare?.rate;
  }

  /** Made when it is first read: most jobs never look, and a controller costs more than the rest of the job. */
  get signal(): AbortSignal {
    const rare = this.rare;
    if (rare.controller === undefined) {
      rare.controller = new AbortController();
      if (rare.aborted) rare.controller.abort(rare.aborted.reason);
    }
    return rare.controller.signal;
  }

  /** Calls back once if the submitter's signal aborts before the promise has settled. */
  follow(signal: AbortSignal, onAbort: () => void): void {
    followSignal(signal, onAbort);
    this.rare.follows = { signal, onAbort };
  }

  /** Tells the code to stop. The first reason counts. */
  abort(reason: unknown, cancels: boolean): void {
    const rare = this.rare;
    if (rare.aborted) return;
    rare.aborted = { reason, cancels };
    const { controller } = rare;
    if (controller === undefined) return;
    // What listens is the job's code: whoever aborts, it is entered as the job is.
    this.submission.runInAsyncScope(runInside, undefined, this, () => controller.abort(reason));
  }

  resolve(value: T): void {
    if (this.#rare) this.#settled(this.#rare);
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    // Only now: a handler for each job that waits is a fifth of what the job takes.
    if (this.#rare?.hasTicket) this.result.catch(() => {});
    if (this.#rare) this.#settled(this.#rare);
    this.#resolve(new Rejection(reason) as never);
  }

  #settled({ follows, waitedBy }: RareParts): void {
    if (follows) unfollowSignal(follows.signal, follows.onAbort);
    if (waitedBy) for (const wait of waitedBy) wait.end();
  }
}

/** A job whatever its result. */
export type AnyJob = LaneJob<unknown>;
