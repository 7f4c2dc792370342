import { type Bound, newBound } from "./bound.ts";
import type { Refusal } from "./errors.ts";
import { boundsFor, judgeCycle, judgeDepth, judgeLive, judgeState, judgeTaking } from "./judge.ts";
import type { CheckedLimits } from "./limits.ts";
import * as refusals from "./refusals.ts";
import { waitsFor } from "./shared-call.ts";
import { type Call, tableKey } from "./target.ts";
import type { CallInFlight, TreeFrame } from "./tree.ts";

/** What to do with a call that is the same as one in flight in its tree. */
export type OnDuplicate = "deny" | "join" | "allow";

export interface Ask {
  readonly call: Call;
  readonly onDuplicate: OnDuplicate;
  /** Those of the guard that is asked. */
  readonly own: CheckedLimits;
  /** Those of the one dispatch. */
  readonly limits: CheckedLimits | undefined;
  readonly now: number;
}

/** The answer to a dispatch: a refusal, or where it is counted and what it may do; with `join`, nothing starts. */
export interface Admission {
  readonly refusal?: Refusal | undefined;
  readonly join?: CallInFlight | undefined;
  readonly within: Bound;
  readonly bound: Bound;
}

/** The one predicate of `check` and `dispatch`. Changes nothing. */
export function admit(frame: TreeFrame, { call, onDuplicate, own, limits, now }: Ask): Admission {
  const within = boundsFor(frame, own);
  const bound = limits ? newBound(limits, { depth: frame.depth + 1, startedAt: now, outer: within }) : within;
  const refusal =
    judgeState(frame, bound, now) ?? judgeDepth(frame, call, within) ?? judgeCycle(frame, call, within);
  if (refusal) return { refusal, within, bound };
  const same = onDuplicate === "allow" ? undefined : judgeSame(frame, call, onDuplicate);
  // A join starts nothing, so it takes nothing: no width, no budget, no place among the live ones.
  if (same) return { ...same, within, bound };
  // What stays is said before what passes: nobody is to wait for a place and then be told that there was no use.
  return { refusal: judgeTaking(frame, call, within, 1) ?? judgeLive(call, within), within, bound };
}

function judgeSame(
  frame: TreeFrame,
  call: Call,
  onDuplicate: OnDuplicate,
): Pick<Admission, "refusal" | "join"> | undefined {
  if (call.key === undefined) return undefined;
  const inFlight = frame.tree.calls.get(tableKey(call));
  if (inFlight === undefined) return undefined;
  const open = onDuplicate === "join" ? inFlight.filter((other) => other.canBeJoined) : [];
  if (open.length === 0) return { refusal: refusals.duplicate(call) };
  const join = open.find((other) => !waitsFor(other, frame));
  return join ? { join } : { refusal: refusals.waitCycle(call) };
}
