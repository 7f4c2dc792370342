import type { Contestant, Order, Queue, Work } from "./contestant.ts";
import { Ring } from "./ring.ts";

/** A FIFO ring whose jobs share one listener on a signal that they share, since Node looks through a signal's listeners one by one. */
export const rawSharedSignal: Contestant = {
  name: "raw: FIFO ring, one listener",
  kind: "raw",
  open: (concurrency) => new SharingQueue(concurrency),
};

interface SharingJob {
  work: Work | undefined;
  readonly followers: Set<SharingJob> | undefined;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

class SharingQueue implements Queue {
  readonly #concurrency: number;
  readonly #waiting = new Ring<SharingJob>();
  readonly #followers = new Map<AbortSignal, Set<SharingJob>>();
  #running = 0;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  add(work: Work, { signal }: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      const followers = signal && (this.#followers.get(signal) ?? this.#follow(signal));
      const job: SharingJob = { work, followers, resolve, reject };
      if (this.#running < this.#concurrency) {
        this.#start(job, work);
      } else {
        followers?.add(job);
        this.#waiting.push(job);
      }
    });
  }

  #follow(signal: AbortSignal): Set<SharingJob> {
    const followers = new Set<SharingJob>();
    this.#followers.set(signal, followers);
    signal.addEventListener("abort", () => {
      for (const job of followers) {
        job.work = undefined;
        job.reject(signal.reason);
      }
      this.#followers.delete(signal);
    });
    return followers;
  }

  #start(job: SharingJob, work: Work): void {
    this.#running += 1;
    job.followers?.delete(job);
    work().then(
      () => {
        job.resolve();
        this.#ended();
      },
      (error: unknown) => {
        job.reject(error);
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
