import { setImmediate as nextTurn } from "node:timers/promises";

/** Time that passes only when nothing else can happen: hours of waiting in no time, and the same in every run. */
export class VirtualClock {
  #now = 0;
  readonly #sleepers = new Map<number, (() => void)[]>();

  sleep(units: number): Promise<void> {
    const at = this.#now + units;
    const others = this.#sleepers.get(at);
    return new Promise((resolve) => {
      if (others) others.push(resolve);
      else this.#sleepers.set(at, [resolve]);
    });
  }

  /** Lets time pass until the work is done, and gives how much has. */
  async passUntil(work: Promise<unknown>): Promise<number> {
    let isDone = false;
    const done = work.then(() => {
      isDone = true;
    });
    for (;;) {
      await nextTurn();
      if (isDone) return this.#now;
      // Few cells sleep at a time.
      const next = Math.min(...this.#sleepers.keys());
      if (next === Infinity) return done.then(() => this.#now);
      this.#now = next;
      for (const wake of this.#sleepers.get(next) ?? []) wake();
      this.#sleepers.delete(next);
    }
  }
}
