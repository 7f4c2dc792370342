import type { Placement } from "./placement.ts";

/** A piece of work for a lane. */
export interface Job<T> {
  /** Unique among the lane's queued and running jobs. */
  readonly id: string;
  /** Who asked for it. Slots are shared fairly between callers; jobs without one share a single bucket. */
  readonly callerId?: string | undefined;
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /** Its cost in the caller's share and in rate windows by weight, such as tokens; above 0. @default 1 */
  readonly weight?: number | undefined;
  /** How long its code may run, in milliseconds, before its signal aborts. @default Infinity */
  readonly timeoutMs?: number | undefined;
  /** Which handler can build the job again, where a lane stores jobs. */
  readonly name?: string | undefined;
  /** The payload for that handler, kept byte for byte. */
  readonly metadata?: Uint8Array | undefined;
  /** The work. Its slot is held until what it returns has settled. */
  readonly run: (context: JobContext) => T | PromiseLike<T>;
}

/** What a running job is given. */
export interface JobContext {
  readonly jobId: string;
  /** Name of the lane that runs the job. */
  readonly lane: string;
  /** Aborts on the submitter's signal, `abort`, the job's timeout, or when the lane closes and its grace has passed. */
  readonly signal: AbortSignal;
  /** Replaces the job's weight in the rate windows by what it really used, a number of at least 0. */
  readonly settleWeight: (actual: number) => void;
  /**
   * Gives the job's slot back while `wait` runs, and takes one again, ahead of every queued job, before it returns. Waits
   * that overlap count as one: each returns when all have settled. An abort rejects it at once, with the signal's reason.
   */
  readonly yieldWhile: <U>(wait: () => PromiseLike<U>) => Promise<U>;
}

export interface SubmitOptions {
  /** Belongs to the job: while it is queued an abort cancels it, while it runs an abort reaches its own signal. */
  readonly signal?: AbortSignal | undefined;
  /** `"always"` takes the job also where a queue is full: for jobs that had been accepted before. */
  readonly admit?: "always" | undefined;
}

export interface RunOptions extends Pick<SubmitOptions, "signal"> {
  readonly callerId?: string | undefined;
  readonly priority?: number | undefined;
  readonly weight?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/** An accepted job. */
export interface Ticket<T> {
  readonly jobId: string;
  /** Settles once, with the job's end. Ignoring it never raises an unhandled rejection. */
  readonly result: Promise<T>;
  /** Where the job stands, or `undefined` once the lane has forgotten it. */
  placement(): Promise<Placement | undefined>;
}

/** A job that `lane.run` makes: nobody chose its id, so it gets one only when somebody asks. */
export type UnnamedJob<T> = Omit<Job<T>, "id"> & { readonly id?: string | undefined };

/** The job that `lane.run` makes of a function and its options. */
export function unnamedJob<T>(run: Job<T>["run"], options: RunOptions): UnnamedJob<T> {
  const { callerId, priority, weight, timeoutMs } = options;
  return { callerId, priority, weight, timeoutMs, run };
}
