import { Attempt } from "./attempt.ts";
import { GroupHeap } from "./group-heap.ts";
import { createKeyGroup, type Due, type KeyGroup } from "./key-group.ts";
import type { Row } from "./row.ts";
import type { TargetKeys } from "./target-keys.ts";

/**
 * Knows which cell starts next: of those whose key has room, the first in input order, row by row and left to right. So a
 * key that is behind is served as soon as it has room, and rows are finished early. O(log keys) for each cell.
 */
export class StartOrder<T, R> {
  readonly #keys: readonly unknown[];
  readonly #groups: readonly KeyGroup<T, R>[];
  readonly #groupByColumn: (KeyGroup<T, R> | undefined)[] = [];
  readonly #heap = new GroupHeap<T, R>();
  #cap: number;
  /** Groups that are full or broken. */
  #blocked = 0;
  #firstRow: Row<T, R> | undefined;
  #lastRow: Row<T, R> | undefined;

  constructor({ keys, groups }: TargetKeys, cap: number) {
    this.#keys = keys;
    this.#cap = cap;
    this.#groups = groups.map(createKeyGroup<T, R>);
    for (const group of this.#groups) for (const column of group.columns) this.#groupByColumn[column] = group;
  }

  /** The first row with an open cell; the others are chained behind it. */
  get firstRow(): Row<T, R> | undefined {
    return this.#firstRow;
  }

  /** Returns if a new row could bring a cell that may start, given that no cell of the read rows may. */
  get wantsRow(): boolean {
    return this.#blocked < this.#groups.length;
  }

  /** The key whose next cell starts next, if one may. */
  get head(): KeyGroup<T, R> | undefined {
    // A key may have lost its room or its cell since it was put in the heap; then it comes up too early, never too late.
    for (;;) {
      const group = this.#heap.first;
      if (!group) return undefined;
      const { order } = group;
      if (!this.#mayStart(group)) this.#heap.removeFirst();
      else if (group.order === order) return group;
      else this.#heap.move(group);
    }
  }

  groupOf(column: number): KeyGroup<T, R> {
    return this.#groupByColumn[column] as KeyGroup<T, R>;
  }

  setCap(cap: number): void {
    this.#cap = cap;
    this.#blocked = this.#groups.filter((group) => group.isBroken || group.running >= cap).length;
    for (const group of this.#groups) this.#queue(group);
  }

  addRow(row: Row<T, R>): void {
    row.previous = this.#lastRow;
    if (this.#lastRow) this.#lastRow.next = row;
    else this.#firstRow = row;
    this.#lastRow = row;
    for (const group of this.#groups) {
      group.row ??= row;
      this.#queue(group);
    }
  }

  /** Lets go of a row all of whose cells have a value. */
  removeRow(row: Row<T, R>): void {
    for (const group of this.#groups) if (group.row === row) this.#nextRow(group);
    if (row.previous) row.previous.next = row.next;
    else this.#firstRow = row.next;
    if (row.next) row.next.previous = row.previous;
    else this.#lastRow = row.previous;
  }

  /** Queues an attempt whose delay is over: it goes before the other cells of its key. */
  addDue(attempt: Attempt<Row<T, R>>): void {
    const group = this.groupOf(attempt.targetIndex);
    const due: Due<T, R> = { attempt, next: undefined };
    if (group.due && group.lastDue) group.lastDue.next = due;
    else group.due = due;
    group.lastDue = due;
    this.#queue(group);
  }

  /** Takes a slot of the head's key for its next cell. */
  start(group: KeyGroup<T, R>): Attempt<Row<T, R>> {
    group.running += 1;
    if (group.running === this.#cap && !group.isBroken) this.#blocked += 1;
    const attempt = group.due ? this.#takeDue(group, group.due) : this.#takeFirst(group);
    if (this.#mayStart(group)) this.#heap.move(group);
    else this.#heap.removeFirst();
    return attempt;
  }

  /** Gives back a slot of a key. */
  end(group: KeyGroup<T, R>): void {
    if (group.running === this.#cap && !group.isBroken) this.#blocked -= 1;
    group.running -= 1;
    if (group.heapIndex < 0) this.#queue(group);
  }

  /** Starts nothing of this key any more. Its open cells are the caller's to settle. */
  break(group: KeyGroup<T, R>): void {
    if (group.running < this.#cap) this.#blocked += 1;
    group.isBroken = true;
  }

  #takeDue(group: KeyGroup<T, R>, { attempt, next }: Due<T, R>): Attempt<Row<T, R>> {
    group.due = next;
    return attempt;
  }

  #takeFirst(group: KeyGroup<T, R>): Attempt<Row<T, R>> {
    const row = group.row as Row<T, R>;
    const column = group.columns[group.place] as number;
    const attempt = new Attempt(row, column, this.#keys[column], 1, undefined);
    row.attempts[column] = attempt;
    this.#advance(group);
    return attempt;
  }

  /** Returns if a cell of this key may start, and leaves the cursors and the order on it. */
  #mayStart(group: KeyGroup<T, R>): boolean {
    if (group.isBroken || group.running >= this.#cap) return false;
    while (group.due && !group.due.attempt.row) group.due = group.due.next;
    if (group.due) {
      const { taskIndex, targetIndex } = group.due.attempt;
      group.order = taskIndex * this.#keys.length + targetIndex;
      return true;
    }
    while (group.row && group.row.cells[group.columns[group.place] as number]) this.#advance(group);
    if (!group.row) return false;
    group.order = group.row.index * this.#keys.length + (group.columns[group.place] as number);
    return true;
  }

  #advance(group: KeyGroup<T, R>): void {
    group.place += 1;
    if (group.place === group.columns.length) this.#nextRow(group);
  }

  #nextRow(group: KeyGroup<T, R>): void {
    group.place = 0;
    group.row = group.row?.next;
  }

  /** Puts a key in the heap, or where it belongs there, if a cell of it may start. */
  #queue(group: KeyGroup<T, R>): void {
    if (!this.#mayStart(group)) return;
    if (group.heapIndex < 0) this.#heap.add(group);
    else this.#heap.move(group);
  }
}
