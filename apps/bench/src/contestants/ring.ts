/** A queue in a circular buffer: push and shift cost the same however long it is. */
export class Ring<T> {
  #slots: (T | undefined)[];
  #head = 0;
  #size = 0;

  /** @param capacity a power of two */
  constructor(capacity = 16) {
    this.#slots = Array.from({ length: capacity });
  }

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) & (this.#slots.length - 1)] = item;
    this.#size += 1;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#size -= 1;
    // What is left after a burst is a small ring, as anybody who measures what is left would write it.
    if (this.#size === 0 && this.#slots.length > 1024) this.#slots = Array.from({ length: 16 });
    return item;
  }

  #grow(): void {
    const slots = this.#slots;
    const grown: (T | undefined)[] = Array.from({ length: slots.length * 2 });
    for (let index = 0; index < slots.length; index += 1) {
      grown[index] = slots[(this.#head + index) & (slots.length - 1)];
    }
    this.#slots = grown;
    this.#head = 0;
  }
}
