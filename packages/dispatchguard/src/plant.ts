import { type Bound, type Counts, newBound } from "./bound.ts";
import { FrameNode } from "./frame-node.ts";
import type { Logger } from "./internal/logger.ts";
import type { CheckedLimits } from "./limits.ts";
import { earliest } from "./run-frame.ts";
import { SharedCall } from "./shared-call.ts";
import { StopScope } from "./stop-scope.ts";
import type { Call, PathEntry } from "./target.ts";
import type { Reporter, Tree, TreeFrame } from "./tree.ts";

/** What a guard gives to the trees that it starts. */
export interface Ground {
  /** Its own limits. */
  readonly own: CheckedLimits;
  readonly noRoot: "root" | "deny";
  readonly clock: () => number;
  readonly logger: Logger | undefined;
  readonly reporter: Reporter;
}

/** The bounds of a root: the guard's, and those of the one call. */
export function rootBound({ own, clock }: Ground, limits: CheckedLimits | undefined): Bound {
  const startedAt = clock();
  const outer = newBound(own, { depth: 0, startedAt });
  return limits ? newBound(limits, { depth: 0, startedAt, outer, counts: outer.counts }) : outer;
}

export interface RootSeed {
  readonly call: Call;
  readonly bound: Bound;
  readonly rootId: string | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface Planted {
  readonly frame: TreeFrame;
  /** When the caller of a call with a key stops waiting. */
  readonly callerScope: StopScope | undefined;
}

/** A tree with its root, not started yet. */
export function plantRoot(ground: Ground, { call, bound, rootId, signal }: RootSeed): Planted {
  const hasKey = call.key !== undefined;
  const stop = new StopScope(
    undefined,
    hasKey || signal !== undefined || earliest({ innermost: bound }) !== undefined,
  );
  const id = rootId ?? crypto.randomUUID();
  const tree = newTree({
    rootId: id,
    framePrefix: id,
    startedAt: bound.startedAt,
    counts: bound.counts,
    stop,
  });
  const frame = new FrameNode({
    ...ground,
    tree,
    parent: undefined,
    target: call,
    within: undefined,
    bound,
    stop,
  });
  const callerScope = hasKey ? new StopScope(undefined, true) : undefined;
  if (signal) (callerScope ?? stop).follow(signal);
  if (hasKey) frame.call = new SharedCall(frame);
  return { frame, callerScope };
}

export interface GraftSeed {
  readonly rootId: string;
  /** Tells these frames from those of other processes in the same tree. */
  readonly branchId: string;
  /** From the root down to the frame elsewhere that dispatches. Not empty. */
  readonly path: readonly PathEntry[];
  /** What that frame may still do. */
  readonly limits: CheckedLimits;
}

/** Stands in for a frame elsewhere: what is dispatched with it as parent is a tree here, with the ancestors of there. */
export function plantGraft(ground: Ground, { rootId, branchId, path, limits }: GraftSeed): TreeFrame {
  const startedAt = ground.clock();
  const outer = newBound(ground.own, { depth: 0, startedAt });
  const counts = outer.counts;
  const bound = newBound(limits, { depth: path.length - 1, startedAt, outer, counts });
  const stop = new StopScope(undefined, earliest({ innermost: bound }) !== undefined);
  const tree = newTree({ rootId, framePrefix: `${rootId}/${branchId}`, startedAt, counts, stop });
  let parent: TreeFrame | undefined;
  for (const { kind, id } of path) {
    const target = { kind, id, key: undefined };
    parent = new FrameNode({ ...ground, tree, parent, target, within: undefined, bound, stop });
  }
  return parent as TreeFrame;
}

interface TreeSeed {
  readonly rootId: string;
  readonly framePrefix: string;
  readonly startedAt: number;
  readonly counts: Counts;
  readonly stop: StopScope;
}

function newTree(seed: TreeSeed): Tree {
  return { ...seed, root: undefined, ended: false, frameCount: 0, calls: new Map() };
}
