import type { Code } from "./run-frame.ts";
import type { OnDuplicate } from "./admit.ts";
import type { Refusal } from "./errors.ts";
import type { Frame } from "./frame.ts";
import type { Limits } from "./limits.ts";
import type { Target } from "./target.ts";

export interface CheckOptions {
  /** The frame that dispatches. @default the one in whose code the call is made */
  readonly parent?: Frame | undefined;
  /**
   * What to do if a call with the same target and key is running in this tree. `join` gets its result and takes nothing: the
   * work is aborted when everybody who waits for it has given up.
   *
   * @default "deny"
   */
  readonly onDuplicate?: OnDuplicate | undefined;
  /** For the new frame and all below it, beside those that hold anyway. Where the call joins another, only a deadline counts: for its wait. */
  readonly limits?: Limits | undefined;
}

export interface DispatchOptions extends CheckOptions {
  /** Rejects this call with its reason and, unless others have joined it, aborts the frame's signal. */
  readonly signal?: AbortSignal | undefined;
}

export interface RootOptions extends Pick<DispatchOptions, "signal" | "limits"> {
  /** @default a random UUID */
  readonly rootId?: string | undefined;
}

/** Every way to start an agent goes through one of these. A target given as a string is the agent of that id. */
export interface DispatchGuard {
  /**
   * Runs a function as a frame below the caller's own, or as a root where there is none. What the frame takes is taken and the
   * function is called before anything is awaited, or the call is refused: it never waits for room.
   *
   * The promise settles as the function does; an abort of `signal` and a deadline reject it at once, while the function keeps
   * its place among the live ones until it is done.
   *
   * @throws {GuardError} the refusal
   * @throws the reason of `signal`
   * @throws {TypeError | RangeError} if an argument is not as documented
   */
  dispatch<T>(target: string | Target, run: Code<T>, options?: DispatchOptions): Promise<T>;
  /**
   * Says if `dispatch` would refuse now, by the same predicate: a tool can be hidden before it is refused.
   *
   * @throws {TypeError | RangeError} if an argument is not as documented
   */
  check(target: string | Target, options?: CheckOptions): Refusal | undefined;
  /** Starts a new tree, also inside another one. When the function is done, the tree is: nothing more starts in it. */
  root<T>(target: string | Target, run: Code<T>, options?: RootOptions): Promise<T>;
  /** The frame whose code asks, whichever guard made it. */
  current(): Frame | undefined;
  /**
   * Gives a function that runs in the frame of now, or in none if there is none: for queues, pools and emitters, which call it
   * in somebody else's.
   */
  bind<This, A extends unknown[], R>(run: (this: This, ...args: A) => R): (this: This, ...args: A) => R;
}
