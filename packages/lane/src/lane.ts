/// <reference lib="esnext.disposable" preserve="true" />
/** A piece of work for a lane. */
export interface Job<T> {
  /** Unique among the lane's queued and running jobs. */
  readonly id: string;
  /** Who asked for it. Slots are shared fairly between callers; jobs without one share a single bucket. */
  readonly callerId?: string | undefined;
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined;
  /** The work. Its slot is held until what it returns has settled. */
  readonly run: (context: JobContext) => T | PromiseLike<T>;
}

/** What a running job is given. */
export interface JobContext {
  readonly jobId: string;
  /** Name of the lane that runs the job. */
  readonly lane: string;
  /** Aborts when the submitter's signal does, or when the lane closes and its grace has passed. */
  readonly signal: AbortSignal;
}

export interface SubmitOptions {
  /** Belongs to the job: while it is queued an abort cancels it, while it runs an abort reaches its own signal. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunOptions extends SubmitOptions {
  readonly callerId?: string | undefined;
  readonly priority?: number | undefined;
}

/** An accepted job. */
export interface Ticket<T> {
  readonly jobId: string;
  /** Settles once, with the job's end. Ignoring it never raises an unhandled rejection. */
  readonly result: Promise<T>;
}

/** A consistent picture: `submitted` is always the sum of the other five counts. */
export interface LaneStats {
  readonly submitted: number;
  readonly queued: number;
  readonly running: number;
  readonly finished: number;
  readonly cancelled: number;
  readonly failed: number;
  readonly maxConcurrent: number;
}

export interface CloseOptions {
  /**
   * How long running jobs may go on before their signal aborts, in milliseconds; `Infinity` waits for them.
   * @default 10_000
   */
  readonly graceMs?: number | undefined;
}

export interface CloseReport {
  /** Ids of jobs whose code still ran when `close` gave up waiting, in the order in which they started. */
  readonly abandoned: readonly string[];
}

/**
 * A named queue that runs at most `maxConcurrent` jobs at a time.
 *
 * Contract:
 * - A slot belongs to running code: it is freed when the job's function settles, never because a caller stopped waiting.
 * - Every promise that it hands out settles once, also on close, cancel and abort.
 * - Argument mistakes are `TypeError` or `RangeError`; a method that returns a promise rejects with them.
 */
export interface Lane extends AsyncDisposable {
  readonly name: string;

  /**
   * Accepts a job, and resolves as soon as it is queued.
   *
   * @throws {LaneError} `LANE_DUPLICATE` if a job of that id is queued or running, `LANE_CLOSED` after `close`.
   */
  submit<T>(job: Job<T>, options?: SubmitOptions): Promise<Ticket<T>>;

  /**
   * Submits a job and waits for its end. Rejects with what the job threw, with `signal.reason` as soon as the signal
   * aborts, or with a `LaneError`.
   */
  submitWait<T>(job: Job<T>, options?: SubmitOptions): Promise<T>;

  /** Runs a function through the lane: `submitWait` with an id of its own. */
  run<T>(work: (context: JobContext) => T | PromiseLike<T>, options?: RunOptions): Promise<T>;

  /**
   * Takes a queued job out; its promise rejects with `LANE_CANCELLED`.
   *
   * @throws {LaneError} `LANE_NOT_QUEUED` if it runs, `LANE_UNKNOWN_JOB` if no such job is queued or running.
   */
  cancel(jobId: string): Promise<void>;

  stats(): Promise<LaneStats>;

  /**
   * Changes the cap at once. Raising it starts what fits, lowering it aborts nothing, 0 holds the lane.
   *
   * @throws {RangeError} for a fraction, a negative number or `NaN`, and then changes nothing.
   */
  setMaxConcurrent(maxConcurrent: number): Promise<void>;

  /**
   * Starts nothing more, rejects what is queued with `LANE_CLOSED`, and gives running jobs their grace; then aborts their
   * signals, waits one more second for code that obeys, and lists what still runs. Calling it again returns the same promise.
   */
  close(options?: CloseOptions): Promise<CloseReport>;
}
