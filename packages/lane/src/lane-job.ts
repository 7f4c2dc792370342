import type { Job, UnnamedJob } from "./job.ts";
import type { QueueEntry } from "./queue-entry.ts";
import type { RateEntry } from "./rate-windows.ts";
import type { JobState, SlotHost, Wait, WaitingJob } from "./wait.ts";
import type { YieldPeriod } from "./yield-period.ts";

/** The lane that runs a job, as the job's context needs it. */
interface JobHost extends SlotHost {
  settleWeight(job: LaneJob<unknown>, actual: number): void;
  yieldWhile<U>(job: LaneJob<unknown>, wait: () => PromiseLike<U>): Promise<U>;
}

/** What most jobs never need. */
interface RareParts {
  rate?: RateEntry | undefined;
  yielding?: YieldPeriod | undefined;
  /** What it waits for, and who waits for it. */
  waits?: Set<Wait> | undefined;
  waitedBy?: Set<Wait> | undefined;
  timer?: ReturnType<typeof setTimeout> | undefined;
  /** Why its code was told to stop, and whether that makes it cancelled rather than failed. */
  aborted?: { readonly reason: unknown; readonly cancels: boolean } | undefined;
  controller?: AbortController | undefined;
  unfollow?: (() => void) | undefined;
}

/** One accepted job: its place in the queue, its promise, and what its code has been told. */
export class LaneJob<T> implements QueueEntry<LaneJob<unknown>>, WaitingJob {
  turn = 0;
  previous: LaneJob<unknown> | undefined = undefined;
  following: LaneJob<unknown> | undefined = undefined;
  state: JobState = "queued";
  readonly host: JobHost;
  readonly sequence: number;
  readonly callerId: string | undefined;
  readonly priority: number;
  readonly weight: number;
  readonly timeoutMs: number;
  readonly run: Job<T>["run"];
  readonly result: Promise<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #id: string | undefined;
  #rare: RareParts | undefined = undefined;

  constructor(host: JobHost, sequence: number, job: UnnamedJob<T>) {
    this.host = host;
    this.sequence = sequence;
    this.#id = job.id;
    this.callerId = job.callerId;
    this.priority = job.priority ?? 0;
    this.weight = job.weight ?? 1;
    this.timeoutMs = job.timeoutMs ?? Number.POSITIVE_INFINITY;
    this.run = job.run;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get jobId(): string {
    return this.#id ?? `${this.host.name}#${this.sequence + 1}`;
  }

  /** What few jobs have; writing to it makes it. */
  get rare(): RareParts {
    this.#rare ??= {};
    return this.#rare;
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
    signal.addEventListener("abort", onAbort, { once: true });
    this.rare.unfollow = () => signal.removeEventListener("abort", onAbort);
  }

  /** Tells the code to stop. The first reason counts. */
  abort(reason: unknown, cancels: boolean): void {
    const rare = this.rare;
    if (rare.aborted) return;
    rare.aborted = { reason, cancels };
    rare.controller?.abort(reason);
  }

  resolve(value: T): void {
    if (this.#rare) this.#settled(this.#rare);
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    if (this.#rare) this.#settled(this.#rare);
    this.#reject(reason);
  }

  #settled({ unfollow, waitedBy }: RareParts): void {
    unfollow?.();
    if (waitedBy) for (const wait of waitedBy) wait.end();
  }
}

/** A job whatever its result. */
export type AnyJob = LaneJob<unknown>;
