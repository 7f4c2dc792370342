import { show } from "./internal/show.ts";
import type { AnyJob } from "./lane-job.ts";
import { YieldPeriod } from "./yield-period.ts";

/** What a lane does when one of its jobs gives its slot back and takes one again. */
export interface SlotSide {
  leave(job: AnyJob): void;
  comeBack(job: AnyJob): void;
  /** A job waits for a slot again. */
  ready(): void;
}

/** The jobs of a lane that have given their slot back while they wait for something. */
export class Yields {
  readonly #slots: SlotSide;
  /** Jobs whose waits have ended and that need a slot again, in the order in which they ended. */
  readonly #returning = new Set<AnyJob>();

  constructor(slots: SlotSide) {
    this.#slots = slots;
  }

  /** The job that has needed a slot again for the longest. */
  get next(): AnyJob | undefined {
    return this.#returning.size === 0 ? undefined : this.#returning.values().next().value;
  }

  async yieldWhile<U>(job: AnyJob, wait: () => PromiseLike<U>): Promise<U> {
    if (typeof wait !== "function") {
      throw new TypeError(`Cannot yield: 'wait' must be a function: received ${show(wait)}`);
    }
    if (job.aborted) throw job.aborted.reason;
    // Code that outlives its job has no slot to give.
    if (job.state === "ended") return wait();
    const period = (job.rare.yielding ??= new YieldPeriod());
    period.open += 1;
    this.#returning.delete(job);
    if (job.state === "running") {
      job.state = "yielded";
      this.#slots.leave(job);
    }
    const outcome = Promise.resolve().then(wait);
    const settled = (): void => {
      period.open -= 1;
      if (period.open > 0 || job.yielding !== period) return;
      this.#returning.add(job);
      this.#slots.ready();
    };
    outcome.then(settled, settled);
    await period.back;
    return outcome;
  }

  /** Gives a job a slot and lets its code go on. */
  resume(job: AnyJob): void {
    const period = this.#comeBack(job);
    period?.resume();
  }

  /** Code that is told to stop runs again at once: the one excess over the cap. */
  abort(job: AnyJob, reason: unknown): void {
    if (job.state === "yielded") this.#comeBack(job)?.abort(reason);
  }

  /** The job has ended, perhaps with waits that it no longer cares for. */
  forget(job: AnyJob): void {
    if (job.yielding === undefined) return;
    this.#returning.delete(job);
    job.yielding.resume();
    job.rare.yielding = undefined;
  }

  #comeBack(job: AnyJob): YieldPeriod | undefined {
    const period = job.yielding;
    this.#returning.delete(job);
    job.rare.yielding = undefined;
    job.state = "running";
    this.#slots.comeBack(job);
    return period;
  }
}
