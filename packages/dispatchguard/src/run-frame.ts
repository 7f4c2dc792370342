import { type Bound, countEnd, countStart } from "./bound.ts";
import { runInFrame } from "./current-frame.ts";
import { GuardError } from "./errors.ts";
import type { Frame } from "./frame.ts";
import { ended, tooLate } from "./refusals.ts";
import { settleOrStop, type StopScope } from "./stop-scope.ts";
import type { TreeFrame } from "./tree.ts";

/** What a dispatch runs. */
export type Code<T> = (frame: Frame) => T | PromiseLike<T>;

/**
 * Takes what a frame takes and calls its function, all before anything is awaited.
 *
 * @param callerScope when the caller of a call with a key stops waiting
 */
export function startFrame<T>(
  frame: TreeFrame,
  code: Code<T>,
  callerScope: StopScope | undefined,
): Promise<T> {
  const { tree, parent, call } = frame;
  if (frame.within) countStart(frame.within);
  if (parent) parent.fanOut += 1;
  if (!tree.root) {
    tree.root = frame;
    stopAtDeadline(tree.stop, frame, { innermost: parent?.bound ?? frame.bound });
  }
  if (parent) stopAtDeadline(frame.stop, frame, { innermost: frame.bound, until: parent.bound });
  frame.reporter.frame("dispatch-start", frame);
  if (!call || !callerScope) return settleOrStop(runFrame(frame, code), frame.stop);
  call.begin(runFrame(frame, code));
  return call.wait(parent, callerScope) as Promise<T>;
}

async function runFrame<T>(frame: TreeFrame, code: Code<T>): Promise<T> {
  let status: "fulfilled" | "rejected" = "rejected";
  try {
    const value = await runInFrame(frame, code, frame);
    status = "fulfilled";
    return value;
  } finally {
    endFrame(frame, status);
  }
}

function endFrame(frame: TreeFrame, status: "fulfilled" | "rejected"): void {
  const { tree, parent } = frame;
  if (frame.within) countEnd(frame.within);
  frame.call?.close();
  if (tree.root === frame) {
    tree.ended = true;
    tree.stop.stop("ended", () => new GuardError(ended()));
    tree.stop.close();
  }
  if (parent && frame.stop !== parent.stop) frame.stop.close();
  frame.reporter.frame("dispatch-end", frame, { status });
}

export interface BoundRange {
  readonly innermost: Bound;
  /** The first one that is left out. @default none */
  readonly until?: Bound | undefined;
}

/** The bound that is over first, if one of them ever is. */
export function earliest({ innermost, until }: BoundRange): Bound | undefined {
  let first: Bound | undefined;
  for (let bound: Bound | undefined = innermost; bound && bound !== until; bound = bound.outer) {
    if (bound.deadlineAt < (first?.deadlineAt ?? Infinity)) first = bound;
  }
  return first;
}

/** Stops a scope when the first of these bounds is over. */
export function stopAtDeadline(scope: StopScope, { clock }: TreeFrame, bounds: BoundRange): void {
  const first = earliest(bounds);
  if (!first) return;
  const refusal = tooLate({ limit: first.deadlineAt - first.startedAt });
  scope.stopIn(first.deadlineAt - clock(), () => new GuardError(refusal));
}
