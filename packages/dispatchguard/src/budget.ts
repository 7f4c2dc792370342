import { type Bound, countUse, usedOf } from "./bound.ts";
import type { Refusal } from "./errors.ts";
import type { Reservation } from "./frame.ts";
import { judgeState } from "./judge.ts";
import { requireFiniteAmount } from "./limits.ts";
import { overBudget } from "./refusals.ts";
import { show } from "./internal/show.ts";
import type { TreeFrame } from "./tree.ts";

/** Fractions do not add up exactly: three times 0.1 has to fit into 0.3. */
const tolerance = 1e-12;

/** Takes an amount out of a budget in every bound of a frame, or says which bound it would pass. */
export function reserveBudget(frame: TreeFrame, budget: string, amount: number): Reservation | Refusal {
  const action = `Cannot reserve of budget ${show(budget)}`;
  if (typeof budget !== "string") {
    throw new TypeError(`Cannot reserve: 'budget' must be a string: received ${show(budget)}`);
  }
  requireFiniteAmount(amount, `${action}: 'amount'`);
  const refusal = judgeState(frame, frame.bound, frame.clock()) ?? judgeBudget(frame.bound, budget, amount);
  if (refusal) {
    frame.reporter.frame("budget-refuse", frame, { budget, refusal });
    return refusal;
  }
  countUse(frame.bound, budget, amount);
  let isSettled = false;
  return {
    settle: (actual) => {
      requireFiniteAmount(actual, `Cannot settle budget ${show(budget)}: 'actual'`);
      if (isSettled) return;
      isSettled = true;
      settleBudget(frame, budget, { amount, actual });
    },
  };
}

/** Says if a budget has room for an amount, in every bound that limits it. */
export function judgeBudget(innermost: Bound, budget: string, amount: number): Refusal | undefined {
  for (let bound: Bound | undefined = innermost; bound; bound = bound.outer) {
    const limit = bound.limits.budgets.get(budget)?.();
    if (limit === undefined) continue;
    const observed = usedOf(bound.counts, budget);
    // A budget that is used up refuses also the 0 of a caller who does not know yet what it will need.
    const isOver = observed + amount > limit * (1 + tolerance) || observed >= limit;
    if (isOver) return overBudget(budget, amount, { limit, observed });
  }
  return undefined;
}

/** Replaces what was reserved by what was really used, and tells of a limit that this has passed. */
export function settleBudget(
  frame: TreeFrame,
  budget: string,
  { amount, actual }: { readonly amount: number; readonly actual: number },
): void {
  countUse(frame.bound, budget, actual - amount);
  if (actual <= amount) return;
  for (let bound: Bound | undefined = frame.bound; bound; bound = bound.outer) {
    const limit = bound.limits.budgets.get(budget)?.();
    const observed = usedOf(bound.counts, budget);
    if (limit === undefined || observed <= limit) continue;
    frame.reporter.frame("budget-overdraw", frame, { budget, limit, observed });
    return;
  }
}
