import type { Order, Queue, Work } from "./contestant.ts";

/** A job as the raw queues hold it: nothing that could be left out. */
export interface RawJob {
  readonly work: Work;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Which of the waiting jobs is next. */
export interface Backlog {
  push(job: RawJob, order: Order): void;
  shift(): RawJob | undefined;
}

/** A cap and a promise for each job: the least that a queue has to do. */
export class RawQueue implements Queue {
  readonly #concurrency: number;
  readonly #backlog: Backlog;
  #running = 0;

  constructor(concurrency: number, backlog: Backlog) {
    this.#concurrency = concurrency;
    this.#backlog = backlog;
  }

  add(work: Work, order: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      const job = { work, resolve, reject };
      if (this.#running < this.#concurrency) this.#start(job);
      else this.#backlog.push(job, order);
    });
  }

  #start(job: RawJob): void {
    this.#running += 1;
    job.work().then(
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
    const next = this.#backlog.shift();
    if (next) this.#start(next);
  }
}
