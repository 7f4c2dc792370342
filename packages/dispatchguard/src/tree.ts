import type { Bound, Counts } from "./bound.ts";
import type { Frame } from "./frame.ts";
import type { GuardEvent } from "./guard-event.ts";
import type { StopScope } from "./stop-scope.ts";
import type { Call } from "./target.ts";

/*
 * What the copies of this package in a process know of one another's trees: a change here that is not an addition needs another
 * symbol in `current-frame.ts`.
 */

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
  readonly calls: Map<string, CallInFlight[]>;
}

/** A frame, with what the guards keep in it. */
export interface TreeFrame extends Frame {
  readonly tree: Tree;
  readonly parent: TreeFrame | undefined;
  readonly target: Call;
  /** What it is counted in; `undefined` for a root. */
  readonly within: Bound | undefined;
  /** What holds for its own dispatches. */
  readonly bound: Bound;
  readonly stop: StopScope;
  readonly reporter: Reporter;
  readonly clock: () => number;
  /** Dispatches that it has made. */
  fanOut: number;
  /** The call that it works for, if that has a key. */
  call: CallInFlight | undefined;
}

/** A call with a key, and everybody who waits for it. */
export interface CallInFlight {
  readonly frame: TreeFrame;
  readonly waiters: ReadonlySet<Waiter>;
  /** False once it is being aborted: who joined would get somebody else's abort. */
  readonly canBeJoined: boolean;
  begin(work: Promise<unknown>): void;
  /** Waits until the work settles, or until the caller's own scope stops. */
  wait(frame: TreeFrame | undefined, scope: StopScope): Promise<unknown>;
  /** Takes it out of the calls in flight. */
  close(): void;
}

/** A caller: the frame that it waits in, `undefined` for the caller of a root. */
export interface Waiter {
  readonly frame: TreeFrame | undefined;
}

export interface Reporter {
  /** Something happened to a frame, or was asked for by one; without a frame, by code that is in no tree. */
  frame(type: GuardEvent["type"], frame: TreeFrame | undefined, more?: object): void;
}
