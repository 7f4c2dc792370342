import { type Bound, newBound } from "./bound.ts";
import type { Refusal } from "./errors.ts";
import type { CheckedLimits } from "./limits.ts";
import * as refusals from "./refusals.ts";
import type { PathEntry } from "./target.ts";
import type { TreeFrame } from "./tree.ts";

/** What a frame's dispatch through a guard counts in: the frame's bounds, and the guard's own if the tree has another's. */
export function boundsFor(frame: TreeFrame, own: CheckedLimits): Bound {
  for (let bound: Bound | undefined = frame.bound; bound; bound = bound.outer) {
    if (bound.limits === own) return frame.bound;
  }
  const { tree } = frame;
  return newBound(own, { depth: 0, startedAt: tree.startedAt, outer: frame.bound, counts: tree.counts });
}

/** Says why nothing at all may be done for a frame any more, be it a dispatch or a reservation. */
export function judgeState({ tree, stop }: TreeFrame, bound: Bound, now: number): Refusal | undefined {
  if (tree.ended) return refusals.ended();
  if (stop.cause === "aborted") return refusals.cancelled();
  // The timer of a deadline may be ahead of a clock that was set back.
  return judgeDeadline(bound, stop.cause === "deadline" ? Number.MAX_VALUE : now);
}

export function judgeDeadline(innermost: Bound, now: number): Refusal | undefined {
  for (let bound: Bound | undefined = innermost; bound; bound = bound.outer) {
    if (now >= bound.deadlineAt) return refusals.tooLate({ limit: bound.deadlineAt - bound.startedAt });
  }
  return undefined;
}

export function judgeDepth(frame: TreeFrame, target: PathEntry, within: Bound): Refusal | undefined {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    const limit = bound.limits.maxDepth();
    const observed = frame.depth - bound.depth;
    if (observed >= limit) return refusals.tooDeep(target, { limit, observed });
  }
  return undefined;
}

/** A target that already stands on the path, at whatever distance. */
export function judgeCycle(frame: TreeFrame, target: PathEntry, within: Bound): Refusal | undefined {
  const observed = visitsAbove(frame, target);
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    const limit = bound.limits.maxVisits();
    if (observed >= limit) return refusals.cycle(target, { limit, observed });
  }
  return undefined;
}

/** Width and budget: what is taken for good. */
export function judgeTaking(
  frame: TreeFrame,
  target: PathEntry,
  within: Bound,
  dispatches: number,
): Refusal | undefined {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    const { limits, counts } = bound;
    const width = limits.maxFanOut();
    if (frame.fanOut >= width) return refusals.tooWide(target, { limit: width, observed: frame.fanOut });
    const limit = limits.maxDispatches();
    const observed = counts.dispatches;
    if (observed + dispatches > limit) return refusals.tooMany(target, { limit, observed });
  }
  return undefined;
}

export function judgeLive(target: PathEntry, within: Bound): Refusal | undefined {
  for (let bound: Bound | undefined = within; bound; bound = bound.outer) {
    const limit = bound.limits.maxConcurrent();
    const observed = bound.counts.live;
    if (observed >= limit) return refusals.tooBusy(target, { limit, observed });
  }
  return undefined;
}

function visitsAbove(frame: TreeFrame, { kind, id }: PathEntry): number {
  let visits = 0;
  for (let above: TreeFrame | undefined = frame; above; above = above.parent) {
    if (above.target.id === id && above.target.kind === kind) visits += 1;
  }
  return visits;
}
