import type { QueueEntry } from "./fair-queue.ts";
import type { Job, JobContext } from "./lane.ts";

/** One accepted job: its place in the queue, its promise, and the context that its code sees. */
export class LaneJob<T> implements QueueEntry, JobContext {
  position = -1;
  turn = 0;
  /** True from the moment its function is entered until what it returned has settled. */
  running = false;
  /** True once the submitter's signal has aborted it while it ran. */
  givenUp = false;
  readonly jobId: string;
  readonly lane: string;
  readonly sequence: number;
  readonly callerId: string | undefined;
  readonly priority: number;
  readonly run: Job<T>["run"];
  readonly result: Promise<T>;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  #outer: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;
  #controller: AbortController | undefined;
  #abortReason: { readonly reason: unknown } | undefined;

  constructor(lane: string, sequence: number, { id, callerId, priority = 0, run }: Job<T>) {
    this.lane = lane;
    this.sequence = sequence;
    this.jobId = id;
    this.callerId = callerId;
    this.priority = priority;
    this.run = run;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // A ticket whose result nobody reads must not end the process.
    promise.catch(() => {});
  }

  /** Made when it is first read: most jobs never look, and a controller costs more than the rest of the job. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#abortReason) this.#controller.abort(this.#abortReason.reason);
    }
    return this.#controller.signal;
  }

  /** Calls back once if the submitter's signal aborts before the job has ended. */
  follow(signal: AbortSignal, onAbort: () => void): void {
    this.#outer = signal;
    this.#onAbort = onAbort;
    signal.addEventListener("abort", onAbort, { once: true });
  }

  abort(reason: unknown): void {
    this.#abortReason ??= { reason };
    this.#controller?.abort(reason);
  }

  resolve(value: T): void {
    this.#unfollow();
    this.#resolve(value);
  }

  reject(reason: unknown): void {
    this.#unfollow();
    this.#reject(reason);
  }

  #unfollow(): void {
    if (this.#outer && this.#onAbort) this.#outer.removeEventListener("abort", this.#onAbort);
    this.#outer = undefined;
    this.#onAbort = undefined;
  }
}
