import type { Caller, QueueEntry } from "./caller.ts";

/** So many idle callers are not worth looking for those that can be forgotten. */
const slack = 32;

/**
 * Callers with nothing queued and nothing running. They are remembered until virtual time has passed what they used, and
 * looked through when they have become twice as many as were left the last time: O(1) amortised for each that comes.
 */
export class IdleCallers<E extends QueueEntry<E>> {
  readonly #callers: Map<string | undefined, Caller<E>>;
  /** One that could be forgotten: it is often the next to come, and a map is slow where the same key comes and goes. */
  kept: Caller<E> | undefined;
  #last: Caller<E> | undefined;
  #size = 0;
  #enough = slack;

  constructor(callers: Map<string | undefined, Caller<E>>) {
    this.#callers = callers;
  }

  /** Remembers a caller as long as it must be. `atOnce` if nobody waits: then there is no share to defend. */
  add(caller: Caller<E>, virtualTime: number, atOnce: boolean): void {
    if (caller.isIdle) return;
    caller.isIdle = true;
    if (atOnce || caller.tag <= virtualTime) {
      if (this.kept) this.#callers.delete(this.kept.id);
      this.kept = caller;
      caller.tag = 0;
      return;
    }
    caller.idleBefore = this.#last;
    if (this.#last) this.#last.idleAfter = caller;
    this.#last = caller;
    this.#size += 1;
    if (this.#size > this.#enough) this.#forgetBefore(virtualTime);
  }

  take(caller: Caller<E>): void {
    caller.isIdle = false;
    if (caller === this.kept) {
      this.kept = undefined;
      return;
    }
    const { idleBefore, idleAfter } = caller;
    if (idleBefore) idleBefore.idleAfter = idleAfter;
    if (idleAfter) idleAfter.idleBefore = idleBefore;
    else this.#last = idleBefore;
    caller.idleBefore = undefined;
    caller.idleAfter = undefined;
    this.#size -= 1;
  }

  /** Forgets all but one. */
  clear(): void {
    if (this.#size > 0) this.#forgetBefore(Number.POSITIVE_INFINITY);
  }

  #forgetBefore(virtualTime: number): void {
    for (let caller = this.#last; caller;) {
      const { idleBefore } = caller;
      if (caller.tag <= virtualTime) {
        this.take(caller);
        this.#callers.delete(caller.id);
      }
      caller = idleBefore;
    }
    this.#enough = 2 * this.#size + slack;
  }
}
