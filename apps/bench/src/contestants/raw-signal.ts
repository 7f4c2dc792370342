import type { Contestant, Order, Queue, Work } from "./contestant.ts";
import { Ring } from "./ring.ts";

/** A FIFO ring in which each job listens to its own signal. */
export const rawSignal: Contestant = {
  name: "raw: FIFO ring, own signals",
  kind: "raw",
  open: (concurrency) => new SignalledQueue(concurrency),
};

interface SignalledJob {
  /** Gone once the signal has aborted: the ring passes over such a job. */
  work: Work | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onAbort: () => void;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

class SignalledQueue implements Queue {
  readonly #concurrency: number;
  readonly #waiting = new Ring<SignalledJob>();
  #running = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  add(work: Work, { signal }: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        job.work = undefined;
        reject(signal?.reason);
      };
      const job: SignalledJob = { work, signal, onAbort, resolve, reject };
      signal?.addEventListener("abort", onAbort, { once: true });
      if (this.#running < this.#concurrency) this.#start(job, work);
      else this.#waiting.push(job);
    });
  }

  #start({ signal, onAbort, resolve, reject }: SignalledJob, work: Work): void {
    this.#running += 1;
    signal?.removeEventListener("abort", onAbort);
    work().then(
      () => {
        resolve();
        this.#ended();
      },
      (error: unknown) => {
        reject(error);
        this.#ended();
      },
    );
  }

  #ended(): void {
    this.#running -= 1;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.work === undefined) continue;
      this.#start(next, next.work);
      return;
    }
  }
}
