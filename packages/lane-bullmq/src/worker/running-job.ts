import { AsyncLocalStorage } from "node:async_hooks";
import type { JobContext, JobEnd } from "@executus/lane";
import type { Job } from "bullmq";
import type { LaneParts } from "../lane-parts.ts";
import { jobOfKey } from "../redis/keys.ts";
import * as refusals from "../refusals.ts";
import type { JobData, ValueJson } from "../wire/job-data.ts";
import type { Outcome } from "../wire/job-end.ts";

export type StoredJob = Job<JobData, ValueJson>;

/** Why a job's code was told to stop, and what that makes of it if it obeys. */
export interface Stop {
  readonly reason: unknown;
  readonly end: Exclude<JobEnd, "finished">;
}

const storage = new AsyncLocalStorage<RunningJob>();

/** The job whose code asks. */
export function currentJob(): RunningJob | undefined {
  return storage.getStore();
}

/** A job whose code runs in this process. */
export class RunningJob {
  readonly jobId: string;
  readonly stored: StoredJob;
  readonly token: string;
  /** Resolves when its end is known to Redis, or to be unknown. */
  readonly settled: Promise<void>;
  readonly settle: () => void;
  /** What its code came to, once it has. */
  outcome: Outcome | undefined;
  stopped: Stop | undefined;
  isFenced = false;
  /** Redis has taken its end. */
  isConfirmed = false;
  /** It closes its own lane, which therefore does not wait for it. */
  isExcused = false;
  #controller: AbortController | undefined;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(stored: StoredJob, token: string) {
    this.stored = stored;
    this.token = token;
    this.jobId = jobOfKey(stored.id ?? "");
    const { promise, resolve } = Promise.withResolvers<void>();
    this.settled = promise;
    this.settle = resolve;
  }

  get callerId(): string | undefined {
    return this.stored.data.c;
  }

  get submitter(): string {
    return this.stored.data.f;
  }

  /** Which submit this is of: when a job has been swept its id may come again. */
  get submission(): string {
    return `${this.stored.data.f}:${this.stored.data.n}`;
  }

  /** The first reason counts. False if it had been told before. */
  stop(stop: Stop): boolean {
    if (this.stopped) return false;
    this.stopped = stop;
    this.#controller?.abort(stop.reason);
    return true;
  }

  /** Calls back unless its code has settled by then. */
  after(ms: number, callback: () => void, keepsAlive: boolean): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1));
    if (!keepsAlive) timer.unref();
    this.#timers.add(timer);
  }

  clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  contextIn({ name }: LaneParts): JobContext {
    const { jobId } = this;
    const signal = (): AbortSignal => this.#signal;
    return {
      jobId,
      lane: name,
      get signal() {
        return signal();
      },
      settleWeight: (actual) => {
        if (Number.isFinite(actual) && actual >= 0) return;
        throw new RangeError(
          `Cannot settle job "${jobId}": its weight must be a finite number of at least 0: received ${String(actual)}`,
        );
      },
      yieldWhile: () =>
        Promise.reject(
          refusals.unsupported(`Cannot yield in job "${jobId}": a lane on BullMQ keeps the slot`),
        ),
    };
  }

  /** Made when it is first read: most jobs never look. */
  get #signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.stopped) this.#controller.abort(this.stopped.reason);
    }
    return this.#controller.signal;
  }

  /** Runs code as part of this job: also what it awaits. */
  run<T>(code: () => T): T {
    return storage.run(this, code);
  }
}
