import type { Refusal } from "./errors.ts";
import type { PathEntry } from "./target.ts";

/** One dispatch: what its function is given, and what `current()` finds inside it. */
export interface Frame {
  /** The same in the whole tree, also in other processes. */
  readonly rootId: string;
  /** Unique in the tree: `"<rootId>/3"`. */
  readonly frameId: string;
  /** Dispatches above it; 0 for the root. */
  readonly depth: number;
  /** From the root down to this frame. */
  readonly path: readonly PathEntry[];
  /** Aborts with the signals of this dispatch and those above it, at a deadline, and when the root's function is done. */
  readonly signal: AbortSignal;
  /** What is left for this frame, under all limits above it. */
  remaining(): Remaining;
  /**
   * Takes an amount out of a budget before it is used: for the whole tree, at once, or not at all. A budget that no limit
   * names is not limited.
   *
   * @returns the reservation, or the refusal: `GUARD_BUDGET` if it would pass the limit or the limit is reached,
   *   `GUARD_DEADLINE`, or `GUARD_CLOSED`
   * @throws {TypeError | RangeError} if `amount` is not a finite number of at least 0
   */
  reserve(budget: string, amount: number): Reservation | Refusal;
}

/** An amount held. Without a `settle` it stays used. */
export interface Reservation {
  /** Tells it from a refusal: `if (held.code) return held`. */
  readonly code?: undefined;
  /**
   * Says what was really used: the rest goes back, and more than reserved is recorded, so that the next is refused. The first
   * call counts.
   *
   * @throws {TypeError | RangeError} if `actual` is not a finite number of at least 0
   */
  settle(actual: number): void;
}

/** Each at least 0, and `Infinity` without a limit. */
export interface Remaining {
  /** Dispatches that may stand one below another below this frame. */
  readonly depth: number;
  readonly fanOut: number;
  readonly concurrent: number;
  readonly dispatches: number;
  /** To the deadline. */
  readonly ms: number;
  /** Of each budget that a limit names. */
  readonly budgets: Readonly<Record<string, number>>;
}
