/** Where whole numbers are sorted that lie near each other. What was allocated once is used again. */
export class CountingSort {
  /** Key of each item, from 0 on. */
  keys: Int32Array = new Int32Array(256);
  /** How many items have each key. */
  counts: Int32Array = new Int32Array(1_024);
  /** 0, 1, 2, and so on. */
  readonly indexes: number[] = [];
  #order = new Int32Array(256);

  /** Makes room for so many items whose keys are below `range`. */
  reserve(items: number, range: number): void {
    if (this.counts.length < range) this.counts = new Int32Array(2 * range);
    else this.counts.fill(0, 0, range);
    if (this.keys.length < items) {
      this.keys = new Int32Array(2 * items);
      this.#order = new Int32Array(2 * items);
    }
    for (let index = this.indexes.length; index < items; index += 1) this.indexes.push(index);
  }

  /** Indexes of the items by key, those of equal keys as they are. Valid until the next sort. */
  sort(items: number, range: number): Int32Array {
    const { counts, keys } = this;
    const order = this.#order;
    let place = 0;
    for (let key = 0; key < range; key += 1) {
      const count = counts[key] as number;
      counts[key] = place;
      place += count;
    }
    for (let index = 0; index < items; index += 1) {
      const key = keys[index] as number;
      const at = counts[key] as number;
      order[at] = index;
      counts[key] = at + 1;
    }
    return order;
  }
}
