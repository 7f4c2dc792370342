import { type Bound, countDispatches, countUse } from "../bound.ts";
import { judgeBudget, settleBudget } from "../budget.ts";
import type { Refusal } from "../errors.ts";
import { boundsFor, judgeDepth, judgeState, judgeTaking } from "../judge.ts";
import { type CheckedLimits, requireFiniteAmount } from "../limits.ts";
import { requireObject } from "../require.ts";
import type { PathEntry } from "../target.ts";
import type { TreeFrame } from "../tree.ts";
import type { LeasedLimits } from "./claims.ts";
import type { LeaseAmounts } from "./leases.ts";

/** Amounts that were taken out of a tree to be spent elsewhere. */
export interface Delegation {
  readonly limits: LeasedLimits;
  settle(used: LeaseAmounts): void;
  /** Gives everything back. */
  cancel(): void;
}

export interface Grant {
  readonly dispatches: number;
  readonly budgets: ReadonlyMap<string, number>;
}

/** Says why a frame may not hand these amounts on. Changes nothing. */
export function judgeGrant(
  frame: TreeFrame,
  receiver: PathEntry,
  { dispatches, budgets }: Grant,
  own: CheckedLimits,
): Refusal | undefined {
  const within = boundsFor(frame, own);
  const refusal =
    judgeState(frame, within, frame.clock()) ??
    judgeDepth(frame, receiver, within) ??
    judgeTaking(frame, receiver, within, dispatches);
  if (refusal) return refusal;
  for (const [name, amount] of budgets) {
    const over = amount > 0 ? judgeBudget(within, name, amount) : undefined;
    if (over) return over;
  }
  return undefined;
}

/** Takes the amounts. */
export function takeGrant(frame: TreeFrame, { dispatches, budgets }: Grant, own: CheckedLimits): Delegation {
  const within = boundsFor(frame, own);
  const limits = limitsLeft(frame, within, { dispatches, budgets });
  frame.fanOut += 1;
  countDispatches(within, dispatches);
  for (const [name, amount] of budgets) countUse(within, name, amount);
  let isSettled = false;
  const settle = (used: LeaseAmounts): void => {
    requireUsed(used);
    if (isSettled) return;
    isSettled = true;
    // No receiver can give back more than it was given.
    countDispatches(within, -Math.max(0, dispatches - (used.dispatches ?? dispatches)));
    const actuals = new Map(Object.entries(used.budgets ?? {}));
    for (const name of new Set([...budgets.keys(), ...actuals.keys()])) {
      const amount = budgets.get(name) ?? 0;
      settleBudget(frame, name, { amount, actual: actuals.get(name) ?? amount });
    }
  };
  const cancel = (): void => {
    frame.fanOut -= 1;
    const nothing = Object.fromEntries([...budgets.keys()].map((name) => [name, 0]));
    settle({ dispatches: 0, budgets: nothing });
  };
  return { limits, settle, cancel };
}

function requireUsed(used: LeaseAmounts): void {
  requireObject(used, "Cannot settle lease: 'used'");
  const { dispatches, budgets = {} } = used;
  requireObject(budgets, "Cannot settle lease: 'budgets'");
  if (dispatches !== undefined) requireFiniteAmount(dispatches, "Cannot settle lease: 'dispatches'");
  for (const [name, amount] of Object.entries(budgets)) {
    requireFiniteAmount(amount, `Cannot settle lease: 'budgets.${name}'`);
  }
}

/** What the receiver may do. A budget that is limited here and was not granted is 0 there. */
function limitsLeft(frame: TreeFrame, within: Bound, { dispatches, budgets }: Grant): LeasedLimits {
  const left = { maxDepth: Infinity, maxVisits: Infinity, maxFanOut: Infinity, maxConcurrent: Infinity };
  let deadlineAt = Infinity;
  const amounts = new Map<string, number>();
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    const { limits } = bound;
    left.maxDepth = Math.min(left.maxDepth, limits.maxDepth() - (frame.depth - bound.depth));
    left.maxVisits = Math.min(left.maxVisits, limits.maxVisits());
    left.maxFanOut = Math.min(left.maxFanOut, limits.maxFanOut());
    left.maxConcurrent = Math.min(left.maxConcurrent, limits.maxConcurrent());
    deadlineAt = Math.min(deadlineAt, bound.deadlineAt);
    for (const name of limits.budgets.keys()) amounts.set(name, 0);
  }
  for (const [name, amount] of budgets) amounts.set(name, amount);
  return { ...left, maxDispatches: dispatches, deadlineAt, budgets: Object.fromEntries(amounts) };
}
