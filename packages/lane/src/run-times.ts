import type { AnyJob } from "./lane-job.ts";

/** Until somebody asks, one of so many jobs is timed, later fewer: reading a clock costs as much as queueing. */
const timedOf = { first: 8, later: 64 };
const firstJobs = 1_000;
/** How much the newest job counts in the mean. */
const newest = 0.2;

/** How long jobs take, and what follows for those that wait. */
export class RunTimes {
  readonly #now: () => number;
  #hasBeenAsked = false;
  /** When the timed ones among the running jobs began. */
  readonly #startedAt = new Map<AnyJob, number>();
  /** Mean duration in milliseconds, the newest jobs counting most. */
  #meanMs: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  started(job: AnyJob): void {
    if (this.#isTimed(job)) this.#startedAt.set(job, this.#now());
  }

  ended(job: AnyJob): void {
    const startedAt = this.#isTimed(job) ? this.#startedAt.get(job) : undefined;
    if (startedAt === undefined) return;
    this.#startedAt.delete(job);
    const tookMs = Math.max(0, this.#now() - startedAt);
    this.#meanMs = this.#meanMs === undefined ? tookMs : this.#meanMs + newest * (tookMs - this.#meanMs);
  }

  /**
   * In how many milliseconds the job at that position starts, if running jobs end in the order in which they started and
   * each takes the mean time; `undefined` as long as none has been timed.
   */
  etaMs(position: number, running: readonly AnyJob[], maxConcurrent: number): number | undefined {
    this.#hasBeenAsked = true;
    const meanMs = this.#meanMs;
    if (meanMs === undefined) return undefined;
    const now = this.#now();
    // Of a job that was not timed nothing is known but that it runs: half of it may be over.
    const left = running.map((job) => {
      const startedAt = this.#startedAt.get(job);
      return startedAt === undefined ? meanMs / 2 : Math.max(0, meanMs - (now - startedAt));
    });
    left.sort((a, b) => a - b);
    const idle = Math.max(0, maxConcurrent - left.length);
    if (position < idle) return 0;
    // Of the jobs above a cap that has fallen, the first to end free no slot.
    const slots = left.slice(Math.max(0, left.length - maxConcurrent));
    const place = position % maxConcurrent;
    const rounds = Math.floor(position / maxConcurrent);
    return (place < idle ? 0 : (slots[place - idle] as number)) + rounds * meanMs;
  }

  #isTimed({ sequence }: AnyJob): boolean {
    return this.#hasBeenAsked || sequence % (sequence < firstJobs ? timedOf.first : timedOf.later) === 0;
  }
}
