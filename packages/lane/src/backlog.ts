/** A queue has at most so many numbers for each entry that is left; and so many more are not worth looking at. */
const sparse = 8;
const slack = 1_024;

/**
 * Queued entries by number, in the order in which they came. The one place that holds them, and the reason for it: what
 * lies side by side here the garbage collector also moves side by side. Where each caller had a list of its entries
 * instead, a burst over 1,000 callers took a third longer, waiting for memory.
 */
export class Backlog<E> {
  /** Entries from number `#base` on; `undefined` where one has been taken. */
  #recent: (E | undefined)[] = [];
  #base = 0;
  /** The few that have been left behind by nearly all that came with them. */
  readonly #old = new Map<number, E>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Appends an entry and returns its number. */
  add(entry: E): number {
    const index = this.#recent.length;
    this.#recent[index] = entry;
    this.#size += 1;
    return this.#base + index;
  }

  get(number: number): E | undefined {
    return number < this.#base ? this.#old.get(number) : this.#recent[number - this.#base];
  }

  /** O(1) amortised. */
  delete(number: number): void {
    this.#size -= 1;
    if (number < this.#base) this.#old.delete(number);
    else this.#recent[number - this.#base] = undefined;
    if (this.#recent.length > sparse * this.#size + slack) this.#shrink();
  }

  /** All of them, in order. */
  entries(): E[] {
    return [...this.#old.values(), ...this.#recent.filter((entry) => entry !== undefined)];
  }

  /** Halves what is looked up by index. */
  #shrink(): void {
    const cut = Math.ceil(this.#recent.length / 2);
    for (let index = 0; index < cut; index += 1) {
      const entry = this.#recent[index];
      if (entry !== undefined) this.#old.set(this.#base + index, entry);
    }
    this.#recent = this.#recent.slice(cut);
    this.#base += cut;
  }
}
