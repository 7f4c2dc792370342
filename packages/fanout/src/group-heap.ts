import type { KeyGroup } from "./key-group.ts";

/** A binary heap: the group with the lowest `order` is first. Groups know their place, so that one can be moved or taken out. */
export class GroupHeap<T, R> {
  readonly #groups: KeyGroup<T, R>[] = [];

  get first(): KeyGroup<T, R> | undefined {
    return this.#groups[0];
  }

  add(group: KeyGroup<T, R>): void {
    this.#rise(group, this.#groups.length);
  }

  /** To be called when the first has another order, or may start no cell. */
  removeFirst(): void {
    const first = this.#groups[0];
    const last = this.#groups.pop();
    if (first) first.heapIndex = -1;
    if (last && last !== first) this.#sink(last, 0);
  }

  /** To be called when the order of a group in the heap has grown, or has become less. */
  move(group: KeyGroup<T, R>): void {
    this.#sink(group, group.heapIndex);
    this.#rise(group, group.heapIndex);
  }

  #rise(group: KeyGroup<T, R>, from: number): void {
    let index = from;
    while (index > 0) {
      const parent = this.#groups[(index - 1) >> 1] as KeyGroup<T, R>;
      if (parent.order <= group.order) break;
      this.#put(parent, index);
      index = (index - 1) >> 1;
    }
    this.#put(group, index);
  }

  #sink(group: KeyGroup<T, R>, from: number): void {
    const groups = this.#groups;
    let index = from;
    for (let child = 2 * index + 1; child < groups.length; child = 2 * index + 1) {
      if (child + 1 < groups.length && (groups[child + 1]?.order ?? 0) < (groups[child]?.order ?? 0))
        child += 1;
      const next = groups[child] as KeyGroup<T, R>;
      if (group.order <= next.order) break;
      this.#put(next, index);
      index = child;
    }
    this.#put(group, index);
  }

  #put(group: KeyGroup<T, R>, index: number): void {
    this.#groups[index] = group;
    group.heapIndex = index;
  }
}
