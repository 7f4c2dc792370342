/** What a heap needs on each entry: where it stands, so that removing one is O(log n) and needs no search. */
export interface HeapEntry {
  /** Index in the heap; -1 while in no heap. Written by the heap alone. */
  position: number;
}

/** Children of each node: a flat tree has fewer levels, and siblings lie side by side in memory. */
const width = 4;
/** Numbers that an entry is ordered by. */
const keys = 3;
/** So many free places are not worth making new arrays. */
const slack = 64;

/**
 * A min-heap whose entries know their position, ordered by three numbers each: the first that differs decides. The numbers
 * lie in one array beside the entries, so that finding the order of two entries looks at neither. Push, pop, remove and
 * update are O(log n).
 */
export class Heap<T extends HeapEntry> {
  /** Both may be longer than the heap: what was allocated once is used again. */
  #items: (T | undefined)[] = [];
  #keys: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T, first: number, second: number, third: number): void {
    const index = this.#size;
    this.#size += 1;
    this.#rise(item, index, first, second, third);
  }

  remove(item: T): void {
    const hole = item.position;
    const end = this.#size - 1;
    const last = this.#items[end] as T;
    this.#size = end;
    this.#items[end] = undefined;
    item.position = -1;
    if (last !== item) {
      const at = end * keys;
      this.#settle(last, hole, this.#key(at), this.#key(at + 1), this.#key(at + 2));
    } else if (end === 0 && this.#items.length > slack) {
      this.#items = [];
      this.#keys = [];
    }
  }

  /** Gives an entry that is in the heap other numbers. */
  update(item: T, first: number, second: number, third: number): void {
    this.#settle(item, item.position, first, second, third);
  }

  #settle(item: T, hole: number, first: number, second: number, third: number): void {
    const up = hole === 0 ? 0 : Math.floor((hole - 1) / width);
    if (hole > 0 && this.#isBehind(up, first, second, third)) this.#rise(item, hole, first, second, third);
    else this.#sink(item, hole, first, second, third);
  }

  #rise(item: T, from: number, first: number, second: number, third: number): void {
    let hole = from;
    while (hole > 0) {
      const up = Math.floor((hole - 1) / width);
      if (!this.#isBehind(up, first, second, third)) break;
      this.#move(up, hole);
      hole = up;
    }
    this.#place(item, hole, first, second, third);
  }

  #sink(item: T, from: number, first: number, second: number, third: number): void {
    const items = this.#items;
    const numbers = this.#keys;
    const count = this.#size;
    let hole = from;
    for (;;) {
      const child = width * hole + 1;
      if (child >= count) break;
      const end = Math.min(child + width, count);
      let least = hole;
      let [leastFirst, leastSecond, leastThird] = [first, second, third];
      for (let other = child, at = child * keys; other < end; other += 1, at += keys) {
        const otherFirst = numbers[at] as number;
        if (otherFirst > leastFirst) continue;
        const otherSecond = numbers[at + 1] as number;
        const otherThird = numbers[at + 2] as number;
        if (otherFirst === leastFirst) {
          if (otherSecond > leastSecond) continue;
          if (otherSecond === leastSecond && otherThird > leastThird) continue;
        }
        least = other;
        leastFirst = otherFirst;
        leastSecond = otherSecond;
        leastThird = otherThird;
      }
      if (least === hole) break;
      this.#place(items[least] as T, hole, leastFirst, leastSecond, leastThird);
      hole = least;
    }
    this.#place(item, hole, first, second, third);
  }

  /** True if the entry at that index does not come before one with those numbers. */
  #isBehind(index: number, first: number, second: number, third: number): boolean {
    const at = index * keys;
    if (this.#key(at) !== first) return this.#key(at) > first;
    if (this.#key(at + 1) !== second) return this.#key(at + 1) > second;
    return this.#key(at + 2) >= third;
  }

  #key(at: number): number {
    return this.#keys[at] as number;
  }

  #move(from: number, to: number): void {
    const at = from * keys;
    this.#place(this.#items[from] as T, to, this.#key(at), this.#key(at + 1), this.#key(at + 2));
  }

  #place(item: T, index: number, first: number, second: number, third: number): void {
    this.#items[index] = item;
    item.position = index;
    const at = index * keys;
    this.#keys[at] = first;
    this.#keys[at + 1] = second;
    this.#keys[at + 2] = third;
  }
}
