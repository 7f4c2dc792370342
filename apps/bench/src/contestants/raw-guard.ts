import { AsyncLocalStorage } from "node:async_hooks";

/** A guard written out by hand, for one tree: depth, cycle, width, live count and total, with the frame in an async context. */
export class RawGuard {
  readonly #storage = new AsyncLocalStorage<RawFrame>();
  #live = 0;
  #total = 0;

  root<T>(id: string, run: () => Promise<T>): Promise<T> {
    return this.#storage.run({ id, parent: undefined, depth: 0, children: 0 }, run);
  }

  /** True if a dispatch would be let in. */
  check(id: string): boolean {
    const frame = this.#storage.getStore();
    if (frame === undefined || frame.depth >= 3 || frame.children >= Infinity) return false;
    for (let above: RawFrame | undefined = frame; above; above = above.parent)
      if (above.id === id) return false;
    return this.#live < 20 && this.#total < Infinity;
  }

  async dispatch<T>(id: string, run: () => Promise<T>): Promise<T> {
    if (!this.check(id)) throw new Error("Cannot dispatch: refused");
    const parent = this.#storage.getStore() as RawFrame;
    parent.children += 1;
    this.#live += 1;
    this.#total += 1;
    try {
      return await this.#storage.run({ id, parent, depth: parent.depth + 1, children: 0 }, run);
    } finally {
      this.#live -= 1;
    }
  }
}

interface RawFrame {
  readonly id: string;
  readonly parent: RawFrame | undefined;
  readonly depth: number;
  children: number;
}
