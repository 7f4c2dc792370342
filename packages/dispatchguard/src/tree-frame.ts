import { type Bound, type Counts, usedOf } from "./bound.ts";
import { reserveBudget } from "./budget.ts";
import type { Refusal } from "./errors.ts";
import type { EventReporter } from "./events.ts";
import type { Frame, Remaining, Reservation } from "./frame.ts";
import type { SharedCall } from "./shared-call.ts";
import type { StopScope } from "./stop-scope.ts";
import type { Call, PathEntry } from "./target.ts";

/** What the frames of one root share in this process. */
export interface Tree {
  readonly rootId: string;
  /** What the ids of its frames begin with. */
  readonly framePrefix: string;
  readonly startedAt: number;
  readonly counts: Counts;
  readonly stop: StopScope;
  /** The frame with whose end the tree ends. */
  root: TreeFrame | undefined;
  ended: boolean;
  frameCount: number;
  /** Calls with a key that have not settled. */
  readonly calls: Map<string, SharedCall[]>;
}

export interface TreeFrameFields {
  readonly tree: Tree;
  readonly parent: TreeFrame | undefined;
  readonly target: Call;
  /** What it is counted in; `undefined` for a root. */
  readonly within: Bound | undefined;
  /** What holds for its own dispatches. */
  readonly bound: Bound;
  readonly stop: StopScope;
  readonly reporter: EventReporter;
  readonly clock: () => number;
}

/** A frame, with what the guard keeps in it. Without private fields, since another copy of this package may read it. */
export class TreeFrame implements Frame {
  readonly tree: Tree;
  readonly parent: TreeFrame | undefined;
  readonly target: Call;
  readonly within: Bound | undefined;
  readonly bound: Bound;
  readonly stop: StopScope;
  readonly reporter: EventReporter;
  readonly clock: () => number;
  readonly depth: number;
  /** Counted in the tree, in the order of starts. */
  readonly number: number;
  /** Dispatches that it has made. */
  fanOut = 0;
  /** The call that it works for, if that has a key. */
  call: SharedCall | undefined;

  constructor({ tree, parent, target, within, bound, stop, reporter, clock }: TreeFrameFields) {
    this.tree = tree;
    this.parent = parent;
    this.target = target;
    this.within = within;
    this.bound = bound;
    this.stop = stop;
    this.reporter = reporter;
    this.clock = clock;
    this.depth = parent ? parent.depth + 1 : 0;
    this.number = tree.frameCount;
    tree.frameCount += 1;
  }

  get rootId(): string {
    return this.tree.rootId;
  }

  get frameId(): string {
    return `${this.tree.framePrefix}/${this.number}`;
  }

  get path(): readonly PathEntry[] {
    const path: PathEntry[] = [];
    for (let frame: TreeFrame | undefined = this; frame; frame = frame.parent) {
      path.push({ kind: frame.target.kind, id: frame.target.id });
    }
    return path.reverse();
  }

  get signal(): AbortSignal {
    return this.stop.signal;
  }

  remaining(): Remaining {
    const now = this.clock();
    const left = {
      depth: Infinity,
      fanOut: Infinity,
      concurrent: Infinity,
      dispatches: Infinity,
      ms: Infinity,
    };
    const budgets = new Map<string, number>();
    for (let bound: Bound | undefined = this.bound; bound; bound = bound.outer) {
      const { limits, counts } = bound;
      left.depth = least(left.depth, limits.maxDepth() - (this.depth - bound.depth));
      left.fanOut = least(left.fanOut, limits.maxFanOut() - this.fanOut);
      left.concurrent = least(left.concurrent, limits.maxConcurrent() - counts.live);
      left.dispatches = least(left.dispatches, limits.maxDispatches() - counts.dispatches);
      left.ms = least(left.ms, bound.deadlineAt - now);
      for (const [name, limit] of limits.budgets) {
        budgets.set(name, least(budgets.get(name) ?? Infinity, limit() - usedOf(counts, name)));
      }
    }
    return { ...left, budgets: Object.fromEntries(budgets) };
  }

  reserve(budget: string, amount: number): Reservation | Refusal {
    return reserveBudget(this, budget, amount);
  }
}

function least(left: number, right: number): number {
  return Math.max(0, Math.min(left, right));
}
