import type { AnyJob } from "./lane-job.ts";

/** Anything resolved: what is chained to it runs as soon as the code that runs now has come to its end. */
const soon: Promise<void> = Promise.resolve();

/**
 * Resolves the promises of jobs, those of one turn of the microtask queue together. A promise that has waited long is not in
 * the processor's cache; next to each other, they are fetched at the same time. It takes a quarter off a burst's cost.
 */
export class Settling {
  /** The arrays are used again and again. */
  readonly #jobs: (AnyJob | undefined)[] = [];
  readonly #values: unknown[] = [];
  #count = 0;
  readonly #settle = (): void => this.#resolveAll();

  /** `atOnce` if no other job is likely to come along. */
  resolve(job: AnyJob, value: unknown, atOnce: boolean): void {
    if (atOnce && this.#count === 0) {
      job.resolve(value);
      return;
    }
    if (this.#count === 0) void soon.then(this.#settle);
    this.#jobs[this.#count] = job;
    this.#values[this.#count] = value;
    this.#count += 1;
  }

  #resolveAll(): void {
    for (let index = 0; index < this.#count; index += 1) {
      this.#jobs[index]?.resolve(this.#values[index]);
      this.#jobs[index] = undefined;
      this.#values[index] = undefined;
    }
    this.#count = 0;
  }
}
