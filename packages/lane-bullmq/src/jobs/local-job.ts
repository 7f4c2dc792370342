import type { Outcome } from "../wire/job-end.ts";

/** A job that was submitted here and whose end is not known here yet. */
export class LocalJob {
  readonly jobId: string;
  readonly callerId: string | undefined;
  readonly result: Promise<unknown>;
  /** True once Redis has said that it is there. */
  isAccepted = false;
  /** Whether `job-queued` was told: before `job-started`, however late the answer to its submit is. */
  isTold = false;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (reason: unknown) => void;
  #unfollow: (() => void) | undefined;

  constructor(jobId: string, callerId: string | undefined) {
    this.jobId = jobId;
    this.callerId = callerId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // Ignoring a ticket's result is no unhandled rejection.
    promise.catch(() => {});
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Calls back once if the signal aborts before the job's end. */
  follow(signal: AbortSignal, onAbort: () => void): void {
    signal.addEventListener("abort", onAbort, { once: true });
    this.#unfollow = () => signal.removeEventListener("abort", onAbort);
  }

  settle(outcome: Outcome): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    if (outcome.end === "finished") this.#resolve(outcome.value);
    else this.#reject(outcome.reason);
  }
}
