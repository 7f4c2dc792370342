/// <reference lib="esnext.disposable" preserve="true" />
import type { Job, JobContext, RunOptions, SubmitOptions, Ticket } from "./job.ts";
import type { Placement } from "./placement.ts";

/** A consistent picture: `submitted` is always the sum of queued, running, finished, cancelled and failed. */
export interface LaneStats {
  readonly submitted: number;
  readonly queued: number;
  /** Jobs whose code has been entered and has not settled, those inside `yieldWhile` included. */
  readonly running: number;
  /** Those of the running ones that are inside `yieldWhile` and hold no slot. */
  readonly yielded: number;
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
  /** Of a persisted lane: ids of jobs whose end could not be written; they are failed as interrupted after the next boot. */
  readonly unwritten?: readonly string[] | undefined;
}

/**
 * What a lane can do. A capability that is absent rejects with `LANE_UNSUPPORTED`, or throws it at creation where it is an
 * option.
 */
export interface LaneSupports {
  /** Runs the function of a job; else the job's `name` and `metadata` say what to run. */
  readonly closures: boolean;
  /** `yieldWhile` gives the slot back. */
  readonly yield: boolean;
  /** Refuses a wait that could never end. */
  readonly deadlock: boolean;
  /** Waiting makes up for priority. */
  readonly aging: boolean;
  readonly callerCap: boolean;
  readonly rate: boolean;
  /** How many priorities it tells apart; `Infinity` for any number. */
  readonly priorityLevels: number;
  readonly position: "exact" | "estimate" | false;
  /** Whether the cap holds for this process or for all processes together. */
  readonly capScope: "process" | "cluster";
}

/**
 * A named queue that runs at most `maxConcurrent` jobs at a time.
 *
 * Contract:
 * - A slot belongs to running code: it is freed when the job's function settles or enters `yieldWhile`, never because a
 *   caller stopped waiting.
 * - Every promise that it hands out settles once, also on close, cancel and abort.
 * - Argument mistakes are `TypeError` or `RangeError`; a method that returns a promise rejects with them.
 */
export interface Lane extends AsyncDisposable {
  readonly name: string;
  readonly supports: LaneSupports;

  /**
   * Accepts a job, and resolves as soon as it is queued.
   *
   * @throws {LaneError} `LANE_DUPLICATE` if a job of that id is queued or running, `LANE_FULL` if the queue or the
   * caller's part of it is, `LANE_TOO_HEAVY` if no rate window could ever admit its weight, `LANE_CLOSED` after `close`.
   */
  submit<T>(job: Job<T>, options?: SubmitOptions): Promise<Ticket<T>>;

  /**
   * Submits a job and waits for its end. Rejects with what the job threw, with `signal.reason` as soon as the signal
   * aborts, or with a `LaneError`: also `LANE_TIMEOUT`, and `LANE_DEADLOCK` inside a job, if the wait could never end.
   */
  submitWait<T>(job: Job<T>, options?: SubmitOptions): Promise<T>;

  /** Runs a function through the lane: `submitWait` with an id of its own. */
  run<T>(work: (context: JobContext) => T | PromiseLike<T>, options?: RunOptions): Promise<T>;

  /**
   * Takes a queued job out; its promise rejects with the reason, or with `LANE_CANCELLED`.
   *
   * @throws {LaneError} `LANE_NOT_QUEUED` if it runs, `LANE_UNKNOWN_JOB` if no such job is queued or running.
   */
  cancel(jobId: string, reason?: unknown): Promise<void>;

  /**
   * Aborts a running job through its signal; its promise rejects at once, with the reason or `LANE_ABORTED`, and the slot
   * stays taken until its code settles.
   *
   * @throws {LaneError} `LANE_NOT_RUNNING` if it is queued, `LANE_UNKNOWN_JOB` if no such job is queued or running.
   */
  abort(jobId: string, reason?: unknown): Promise<void>;

  /** Where a job stands, or `undefined` if the lane does not know it. Worked out when asked, from all that are queued. */
  placement(jobId: string): Promise<Placement | undefined>;

  stats(): Promise<LaneStats>;

  /**
   * Changes the cap at once. Raising it starts what fits, lowering it aborts nothing, 0 holds the lane.
   *
   * @throws {RangeError} for a fraction, a negative number or `NaN`, and then changes nothing.
   * @throws {LaneError} `LANE_CAP_BOUND` if the cap follows a function.
   */
  setMaxConcurrent(maxConcurrent: number): Promise<void>;

  /**
   * Starts nothing before that instant (epoch milliseconds), such as the end of a provider's Retry-After. Of several the
   * latest counts.
   */
  holdUntil(at: number, reason: string): Promise<void>;

  /**
   * Starts nothing more, rejects what is queued with `LANE_CLOSED`, and gives running jobs their grace; then aborts their
   * signals, waits one more second for code that obeys, and lists what still runs. Calling it again gives the same report.
   * A job may close its own lane, and is not waited for.
   */
  close(options?: CloseOptions): Promise<CloseReport>;
}
