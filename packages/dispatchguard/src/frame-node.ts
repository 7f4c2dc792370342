import { type Bound, usedOf } from "./bound.ts";
import { reserveBudget } from "./budget.ts";
import type { Refusal } from "./errors.ts";
import type { Remaining, Reservation } from "./frame.ts";
import type { StopScope } from "./stop-scope.ts";
import type { Call, PathEntry } from "./target.ts";
import type { CallInFlight, Reporter, Tree, TreeFrame } from "./tree.ts";

type Fields = "tree" | "parent" | "target" | "within" | "bound" | "stop" | "reporter" | "clock";

export class FrameNode implements TreeFrame {
  readonly tree: Tree;
  readonly parent: TreeFrame | undefined;
  readonly target: Call;
  readonly within: Bound | undefined;
  readonly bound: Bound;
  readonly stop: StopScope;
  readonly reporter: Reporter;
  readonly clock: () => number;
  readonly depth: number;
  fanOut = 0;
  call: CallInFlight | undefined;
  readonly #number: number;

  constructor({ tree, parent, target, within, bound, stop, reporter, clock }: Pick<TreeFrame, Fields>) {
    this.tree = tree;
    this.parent = parent;
    this.target = target;
    this.within = within;
    this.bound = bound;
    this.stop = stop;
    this.reporter = reporter;
    this.clock = clock;
    this.depth = parent ? parent.depth + 1 : 0;
    this.#number = tree.frameCount;
    tree.frameCount += 1;
  }

  get rootId(): string {
    return this.tree.rootId;
  }

  get frameId(): string {
    return `${this.tree.framePrefix}/${this.#number}`;
  }

  get path(): readonly PathEntry[] {
    const path: PathEntry[] = [entryOf(this.target)];
    for (let frame = this.parent; frame; frame = frame.parent) path.push(entryOf(frame.target));
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

function entryOf({ kind, id }: Call): PathEntry {
  return { kind, id };
}

function least(left: number, right: number): number {
  return Math.max(0, Math.min(left, right));
}
