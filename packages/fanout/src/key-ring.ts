/** A task that was read. Rows are chained: one that no key still waits on is no longer held. */
export interface Row<T> {
  readonly index: number;
  readonly task: T;
  next: Row<T> | undefined;
}

/** The columns of one key. Its cells start row by row, left to right. */
export interface KeyGroup<T> {
  readonly columns: readonly number[];
  /** The row and the place in `columns` of the cell that starts next; no row when none waits. */
  row: Row<T> | undefined;
  column: number;
  running: number;
  /** In the ring, and the group behind it there. */
  linked: boolean;
  next: KeyGroup<T> | undefined;
}

/**
 * Knows which cell may start next, in constant time: a ring of the keys that have room and a cell that waits.
 * A cursor per key stands for its queue, so a waiting cell costs nothing. Keys take turns, one cell each.
 */
export class KeyRing<T> {
  readonly #groups: readonly KeyGroup<T>[];
  readonly #cap: number;
  #full = 0;
  #lastRow: Row<T> | undefined;
  #head: KeyGroup<T> | undefined;
  #tail: KeyGroup<T> | undefined;

  /** @param columnsByKey the columns of each key, ascending; the keys in the order of their first turn */
  constructor(columnsByKey: Iterable<readonly number[]>, cap: number) {
    this.#cap = cap;
    this.#groups = Array.from(columnsByKey, (columns) => ({
      columns,
      row: undefined,
      column: 0,
      running: 0,
      linked: false,
      next: undefined,
    }));
  }

  /** Returns if a new row could bring a cell that may start, given that no cell of the read rows may. */
  get wantsRow(): boolean {
    return this.#full < this.#groups.length;
  }

  /** The key whose next cell may start, if there is one. */
  get head(): KeyGroup<T> | undefined {
    return this.#head;
  }

  addRow(row: Row<T>): void {
    if (this.#lastRow) this.#lastRow.next = row;
    this.#lastRow = row;
    for (const group of this.#groups) {
      group.row ??= row;
      this.#link(group);
    }
  }

  /** Takes a slot of the head's key, moves its cursor on and gives the turn to the next key. */
  start(group: KeyGroup<T>): void {
    this.#head = group.next;
    if (!this.#head) this.#tail = undefined;
    group.next = undefined;
    group.linked = false;
    group.running += 1;
    if (group.running === this.#cap) this.#full += 1;
    this.#advance(group);
    this.#link(group);
  }

  /** Gives back a slot of a key. */
  end(group: KeyGroup<T>): void {
    if (group.running === this.#cap) this.#full -= 1;
    group.running -= 1;
    this.#link(group);
  }

  /** Takes out every cell that waits, key by key. Nothing may start afterwards. */
  *drain(): Generator<{ taskIndex: number; targetIndex: number }> {
    this.#head = this.#tail = undefined;
    for (const group of this.#groups) {
      for (let row = group.row; row; row = group.row) {
        const targetIndex = group.columns[group.column] as number;
        this.#advance(group);
        yield { taskIndex: row.index, targetIndex };
      }
    }
  }

  #advance(group: KeyGroup<T>): void {
    group.column += 1;
    if (group.column < group.columns.length) return;
    group.column = 0;
    group.row = group.row?.next;
  }

  #link(group: KeyGroup<T>): void {
    if (group.linked || !group.row || group.running >= this.#cap) return;
    group.linked = true;
    if (this.#tail) this.#tail.next = group;
    else this.#head = group;
    this.#tail = group;
  }
}
