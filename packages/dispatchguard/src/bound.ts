import type { CheckedLimits } from "./limits.ts";

/** What is counted below a frame. */
export interface Counts {
  /** Functions entered and not back. */
  live: number;
  dispatches: number;
  /** By budget: what was settled, and what is reserved. */
  readonly used: Map<string, number>;
}

/**
 * Limits that hold for a frame and all below it, and what is counted against them: a chain, which ends at those of the
 * root. Plain data, since another copy of this package may read it.
 */
export interface Bound {
  readonly limits: CheckedLimits;
  readonly counts: Counts;
  /** False where the same counts belong to a bound further out: they are counted once. */
  readonly ownsCounts: boolean;
  /** Of the frame that the limits were given to. */
  readonly depth: number;
  readonly startedAt: number;
  /** Epoch milliseconds, or `Infinity`. */
  readonly deadlineAt: number;
  readonly outer: Bound | undefined;
}

function newCounts(): Counts {
  return { live: 0, dispatches: 0, used: new Map() };
}

export interface BoundPlace {
  readonly depth: number;
  readonly startedAt: number;
  readonly outer?: Bound | undefined;
  /** Counts that are kept further out. @default new ones */
  readonly counts?: Counts | undefined;
}

export function newBound(limits: CheckedLimits, { depth, startedAt, outer, counts }: BoundPlace): Bound {
  const deadlineAt = startedAt + limits.deadlineMs();
  const counted = { counts: counts ?? newCounts(), ownsCounts: counts === undefined };
  return { limits, ...counted, depth, startedAt, deadlineAt, outer };
}

/** Counts a dispatch that starts, in every bound that it starts in. */
export function countStart(within: Bound): void {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    if (!bound.ownsCounts) continue;
    bound.counts.live += 1;
    bound.counts.dispatches += 1;
  }
}

/** Counts its end. What it has spent stays spent. */
export function countEnd(within: Bound): void {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    if (bound.ownsCounts) bound.counts.live -= 1;
  }
}

/** Moves what is used of a budget, in every bound. Never below 0: what fractions lose may be less than nothing. */
export function countUse(within: Bound, budget: string, change: number): void {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    if (bound.ownsCounts) bound.counts.used.set(budget, Math.max(0, usedOf(bound.counts, budget) + change));
  }
}

/** Moves the number of dispatches, in every bound: those that a lease takes along or brings back. */
export function countDispatches(within: Bound, change: number): void {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    if (bound.ownsCounts) bound.counts.dispatches += change;
  }
}

export function usedOf({ used }: Counts, budget: string): number {
  return used.get(budget) ?? 0;
}
