import type { AnyJob } from "./lane-job.ts";
import { longestTimerMs } from "./options.ts";

/** How long code that obeys its signal gets to settle after `close` has aborted it, in milliseconds. */
const obeyMs = 1_000;

/** The jobs whose code runs, those of them that hold a slot, and the wait for all of them to end. */
export class RunningJobs {
  /** In no order, each at its `place`: what a set costs for each job is more than the queue does. */
  readonly #holders: AnyJob[] = [];
  readonly #yielded = new Set<AnyJob>();
  /** Jobs that wait for the end of all the others. */
  readonly #excused = new WeakSet<object>();
  #onEnd: (() => void) | undefined;

  get size(): number {
    return this.#holders.length + this.#yielded.size;
  }

  get yieldedCount(): number {
    return this.#yielded.size;
  }

  /** Those that hold a slot, in no order. */
  get holders(): readonly AnyJob[] {
    return this.#holders;
  }

  all(): AnyJob[] {
    return [...this.#holders, ...this.#yielded];
  }

  start(job: AnyJob): void {
    job.place = this.#holders.length;
    this.#holders.push(job);
  }

  end(job: AnyJob): void {
    if (this.#yielded.size === 0 || !this.#yielded.delete(job)) this.#giveUpSlot(job);
    this.#onEnd?.();
  }

  leave(job: AnyJob): void {
    this.#giveUpSlot(job);
    this.#yielded.add(job);
  }

  comeBack(job: AnyJob): void {
    this.#yielded.delete(job);
    this.start(job);
  }

  /** `drain` does not wait for this job, also if it waits already. */
  excuse(job: object): void {
    this.#excused.add(job);
    this.#onEnd?.();
  }

  /** Waits for the end of all that are not excused, stops what outlives the grace, and returns the ids of what ignored it. */
  async drain(graceMs: number, stop: (job: AnyJob) => void): Promise<string[]> {
    const others = (): AnyJob[] => this.all().filter((job) => !this.#excused.has(job));
    if (!(await this.#within(graceMs, () => others().length === 0))) {
      for (const job of others()) stop(job);
      await this.#within(obeyMs, () => others().length === 0);
    }
    return others()
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ jobId }) => jobId);
  }

  #giveUpSlot(job: AnyJob): void {
    const last = this.#holders.pop() as AnyJob;
    if (last === job) return;
    this.#holders[job.place] = last;
    last.place = job.place;
  }

  #within(ms: number, done: () => boolean): Promise<boolean> {
    if (done()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        clearTimeout(timer);
        this.#onEnd = undefined;
        resolve(isDone);
      };
      const timer =
        ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(end, Math.min(ms, longestTimerMs), false);
      this.#onEnd = () => {
        if (done()) end(true);
      };
    });
  }
}
