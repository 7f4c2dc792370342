/** What a heap needs on each entry: where it stands, so that removing one is O(log n) and needs no search. */
export interface HeapEntry {
  /** Index in the heap's array; -1 while in no heap. Written by the heap alone. */
  position: number;
}

/** A binary min-heap whose entries know their position. Push, pop, remove and update are O(log n). */
export class Heap<T extends HeapEntry> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  /** `before` must be a strict total order, else the order of equals is not defined. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  remove(item: T): void {
    const hole = item.position;
    const last = this.#items.pop() as T;
    item.position = -1;
    if (last === item) return;
    this.#settle(last, hole);
  }

  /** Restores the order after the entry's own key has changed. */
  update(item: T): void {
    this.#settle(item, item.position);
  }

  #settle(item: T, hole: number): void {
    // An index of -1 would leave the array's fast path.
    if (hole > 0 && this.#before(item, this.#items[(hole - 1) >> 1] as T)) this.#rise(item, hole);
    else this.#sink(item, hole);
  }

  #rise(item: T, from: number): void {
    let hole = from;
    while (hole > 0) {
      const up = (hole - 1) >> 1;
      const parent = this.#items[up] as T;
      if (!this.#before(item, parent)) break;
      this.#place(parent, hole);
      hole = up;
    }
    this.#place(item, hole);
  }

  #sink(item: T, from: number): void {
    const count = this.#items.length;
    let hole = from;
    for (;;) {
      let down = 2 * hole + 1;
      if (down >= count) break;
      let child = this.#items[down] as T;
      const right = this.#items[down + 1];
      if (right !== undefined && this.#before(right, child)) {
        child = right;
        down += 1;
      }
      if (!this.#before(child, item)) break;
      this.#place(child, hole);
      hole = down;
    }
    this.#place(item, hole);
  }

  #place(item: T, at: number): void {
    this.#items[at] = item;
    item.position = at;
  }
}
