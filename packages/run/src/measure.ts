import { amountOf } from "./check-options.ts";
import { Eta } from "./eta.ts";
import type { ProgressEvent } from "./progress-event.ts";
import type { StepOptions } from "./progress.ts";

/** The highest ratio of a node that is not done: 1 is kept for success. */
const BELOW_ONE = 1 - Number.EPSILON;

interface Followed {
  readonly ratio: number | undefined;
  readonly etaMs: number | undefined;
  readonly at: number;
}

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
  /** Where the run stands that this node follows, which knows better than we can. */
  #followed: Followed | undefined;

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

  /** Takes over what a run elsewhere says of itself. A number that cannot be used counts as not said. */
  follow({ current, total, ratio, etaMs, status }: ProgressEvent, at: number): void {
    this.current = amountOf(current) ?? this.current;
    this.total = amountOf(total) ?? this.total;
    // That of success is given by the end itself.
    const told = status === "done" ? undefined : amountOf(ratio);
    this.#followed = { ratio: told, etaMs: amountOf(etaMs), at };
  }

  /** Measures again. Returns by how much the ratio rose, or `undefined` if it stays as it was. */
  rise(): number | undefined {
    const held = this.ratio;
    const measured = this.#measured();
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
    if (this.#followed) {
      const { etaMs, at } = this.#followed;
      return etaMs === undefined ? undefined : Math.max(0, etaMs - Math.max(0, now - at));
    }
    if (this.total === undefined) return undefined;
    return this.#eta.remainingMs(this.total - (this.current ?? 0), now);
  }

  #measured(): number {
    if (this.#followed) return this.#followed.ratio ?? Number.NaN;
    return this.total === undefined ? this.#earned / this.#weights : (this.current ?? 0) / this.total;
  }
}
