import { settleOrStop, type StopScope } from "./stop-scope.ts";
import { tableKey } from "./target.ts";
import type { CallInFlight, TreeFrame, Waiter } from "./tree.ts";

/**
 * A call with a key that is in flight, and everybody who waits for it. It belongs to none of them: it is aborted when the last
 * one has left. Another copy of this package may join it: by its methods, which is all that is asked of it.
 */
export class SharedCall implements CallInFlight {
  readonly frame: TreeFrame;
  readonly waiters: Set<Waiter> = new Set();
  readonly #work: PromiseWithResolvers<unknown> = Promise.withResolvers();
  readonly #result: Promise<unknown>;

  constructor(frame: TreeFrame) {
    this.frame = frame;
    this.#result = settleOrStop(this.#work.promise, frame.stop);
    const { calls } = frame.tree;
    const key = tableKey(frame.target);
    const others = calls.get(key);
    if (others) others.push(this);
    else calls.set(key, [this]);
  }

  begin(work: Promise<unknown>): void {
    this.#work.resolve(work);
  }

  get canBeJoined(): boolean {
    return this.frame.stop.cause === undefined;
  }

  wait(frame: TreeFrame | undefined, scope: StopScope): Promise<unknown> {
    const waiter: Waiter = { frame };
    this.waiters.add(waiter);
    scope.add({
      stop: (cause, reason) => {
        if (cause === "ended" || !this.waiters.delete(waiter) || this.waiters.size > 0) return;
        this.frame.stop.stop(cause, reason);
      },
    });
    const settled = settleOrStop(this.#result, scope);
    const close = (): void => {
      this.waiters.delete(waiter);
      scope.close();
    };
    settled.then(close, close);
    return settled;
  }

  close(): void {
    const { calls } = this.frame.tree;
    const key = tableKey(this.frame.target);
    const others = (calls.get(key) ?? []).filter((call) => call !== this);
    if (others.length > 0) calls.set(key, others);
    else calls.delete(key);
  }
}

/**
 * True if a call cannot settle before the frame does: it stands above it, or waits, over however many joins, for something
 * that does.
 */
export function waitsFor(call: CallInFlight, frame: TreeFrame): boolean {
  const seen = new Set<TreeFrame>();
  const starts = [frame];
  for (const start of starts) {
    for (let each: TreeFrame | undefined = start; each && !seen.has(each); each = each.parent) {
      if (each === call.frame) return true;
      seen.add(each);
      for (const waiter of each.call?.waiters ?? []) if (waiter.frame) starts.push(waiter.frame);
    }
  }
  return false;
}
