import { Eta } from "./eta.ts";
import type { StepOptions } from "./progress.ts";

/** The highest ratio of a node that is not done: 1 is kept for success. */
const BELOW_ONE = 1 - Number.EPSILON;

/** How far a node is: its own count where it has a total, else the weighted mean of its children. */
export class Measure {
  current: number | undefined;
  total: number | undefined;
  /** The highest measured so far: a growing total or a new child never takes it back. */
  ratio: number | undefined;
  /** Sums of weight and of weight × ratio over all children ever: ended ones need not be kept for it. */
  #weights = 0;
  #earned = 0;
  readonly #eta: Eta;

  constructor({ total, initial }: StepOptions, now: number) {
    this.total = total;
    this.current = initial ?? (total === undefined ? undefined : 0);
    this.#eta = new Eta(this.current ?? 0, now);
    this.rise();
  }

  setTotal(total: number): void {
    this.total = total;
    this.current ??= 0;
  }

  setCurrent(current: number, now: number): void {
    this.current = current;
    this.#eta.record(current, now);
  }

  /** Counts a new child in. */
  include(weight: number, ratio = 0): void {
    this.#weights += weight;
    this.earn(weight * ratio);
  }

  /** Takes a child's rise in, as weight × ratio. */
  earn(amount: number): void {
    this.#earned += amount;
  }

  /** Measures again. Returns by how much the ratio rose, or `undefined` if it stays as it was. */
  rise(): number | undefined {
    const held = this.ratio;
    const measured =
      this.total === undefined ? this.#earned / this.#weights : (this.current ?? 0) / this.total;
    // NaN is 0 / 0: nothing to measure by.
    if (Number.isNaN(measured)) return undefined;
    const ratio = Math.min(Math.max(measured, 0), BELOW_ONE);
    if (held !== undefined && ratio <= held) return undefined;
    this.ratio = ratio;
    return ratio - (held ?? 0);
  }

  /** Ends the measuring. Returns what a parent has not seen yet of this work, which is over whatever its outcome. */
  finish(success: boolean): number {
    const unseen = 1 - (this.ratio ?? 0);
    if (success) this.ratio = 1;
    return unseen;
  }

  etaMs(now: number): number | undefined {
    if (this.total === undefined) return undefined;
    return this.#eta.remainingMs(this.total - (this.current ?? 0), now);
  }
}
