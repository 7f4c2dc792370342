import { Attempt } from "./attempt.ts";
import type { Row } from "./row.ts";
import type { TargetKeys } from "./target-keys.ts";

/** The columns of one key. Its cells start row by row, left to right, those that are tried again before all others. */
export interface KeyGroup<T, R> {
  readonly columns: readonly number[];
  /** The row and the place in `columns` of the first cell that was not started; no row when there is none. */
  row: Row<T, R> | undefined;
  column: number;
  /** Attempts whose delay is over, in that order. Some may be closed. */
  due: Due<T, R> | undefined;
  lastDue: Due<T, R> | undefined;
  running: number;
  /** In a row, for the breaker. */
  failures: number;
  /** Nothing of it starts any more. */
  isBroken: boolean;
  /** In the ring, and the group behind it there. */
  isLinked: boolean;
  next: KeyGroup<T, R> | undefined;
}

interface Due<T, R> {
  readonly attempt: Attempt<T, R>;
  next: Due<T, R> | undefined;
}

/**
 * Knows which cell may start next, in constant time: a ring of the keys that have room and a cell that waits.
 * A cursor per key stands for its queue, so a waiting cell costs nothing. Keys take turns, one cell each.
 */
export class KeyRing<T, R> {
  readonly #keys: readonly unknown[];
  readonly groups: readonly KeyGroup<T, R>[];
  readonly #groupByColumn: (KeyGroup<T, R> | undefined)[] = [];
  #cap: number;
  /** Groups that are full or broken. */
  #blocked = 0;
  #firstRow: Row<T, R> | undefined;
  #lastRow: Row<T, R> | undefined;
  #head: KeyGroup<T, R> | undefined;
  #tail: KeyGroup<T, R> | undefined;

  constructor({ keys, groups }: TargetKeys, cap: number) {
    this.#keys = keys;
    this.#cap = cap;
    this.groups = groups.map(createGroup<T, R>);
    for (const group of this.groups) for (const column of group.columns) this.#groupByColumn[column] = group;
    this.setCap(cap);
  }

  /** The first row with an open cell; the others are chained behind it. */
  get firstRow(): Row<T, R> | undefined {
    return this.#firstRow;
  }

  /** Returns if a new row could bring a cell that may start, given that no cell of the read rows may. */
  get wantsRow(): boolean {
    return this.#blocked < this.groups.length;
  }

  /** The key whose next cell may start, if there is one. */
  get head(): KeyGroup<T, R> | undefined {
    // A key may have lost its room or its cells since it was put in the ring.
    while (this.#head && !this.#mayStart(this.#head)) this.#unlinkHead(this.#head);
    return this.#head;
  }

  groupOf(column: number): KeyGroup<T, R> {
    return this.#groupByColumn[column] as KeyGroup<T, R>;
  }

  setCap(cap: number): void {
    this.#cap = cap;
    this.#blocked = this.groups.filter((group) => group.isBroken || group.running >= cap).length;
    for (const group of this.groups) this.#link(group);
  }

  addRow(row: Row<T, R>): void {
    row.previous = this.#lastRow;
    if (this.#lastRow) this.#lastRow.next = row;
    else this.#firstRow = row;
    this.#lastRow = row;
    for (const group of this.groups) {
      group.row ??= row;
      this.#link(group);
    }
  }

  /** Lets go of a row all of whose cells have a value. */
  removeRow(row: Row<T, R>): void {
    for (const group of this.groups) if (group.row === row) this.#nextRow(group);
    if (row.previous) row.previous.next = row.next;
    else this.#firstRow = row.next;
    if (row.next) row.next.previous = row.previous;
    else this.#lastRow = row.previous;
  }

  /** Queues an attempt whose delay is over. */
  addDue(attempt: Attempt<T, R>): void {
    const group = this.groupOf(attempt.targetIndex);
    const due: Due<T, R> = { attempt, next: undefined };
    if (group.due && group.lastDue) group.lastDue.next = due;
    else group.due = due;
    group.lastDue = due;
    this.#link(group);
  }

  /** Takes a slot of the head's key for its next cell, and gives the turn to the next key. */
  start(group: KeyGroup<T, R>): Attempt<T, R> {
    this.#unlinkHead(group);
    group.running += 1;
    if (group.running === this.#cap && !group.isBroken) this.#blocked += 1;
    const attempt = group.due ? this.#takeDue(group) : this.#takeFirst(group);
    this.#link(group);
    return attempt;
  }

  /** Gives back a slot of a key. */
  end(group: KeyGroup<T, R>): void {
    if (group.running === this.#cap && !group.isBroken) this.#blocked -= 1;
    group.running -= 1;
    this.#link(group);
  }

  /** Starts nothing of this key any more. Its open cells are the caller's to settle. */
  break(group: KeyGroup<T, R>): void {
    if (group.running < this.#cap) this.#blocked += 1;
    group.isBroken = true;
  }

  #takeDue(group: KeyGroup<T, R>): Attempt<T, R> {
    const { attempt, next } = group.due as Due<T, R>;
    group.due = next;
    return attempt;
  }

  #takeFirst(group: KeyGroup<T, R>): Attempt<T, R> {
    const row = group.row as Row<T, R>;
    const column = group.columns[group.column] as number;
    const attempt = new Attempt(row, column, this.#keys[column], 1, undefined);
    row.attempts[column] = attempt;
    this.#advance(group);
    return attempt;
  }

  /** Returns if a cell of this key may start, and leaves the cursors on it. */
  #mayStart(group: KeyGroup<T, R>): boolean {
    if (group.isBroken || group.running >= this.#cap) return false;
    while (group.due && !group.due.attempt.row) group.due = group.due.next;
    if (group.due) return true;
    while (group.row && group.row.cells[group.columns[group.column] as number]) this.#advance(group);
    return group.row !== undefined;
  }

  #advance(group: KeyGroup<T, R>): void {
    group.column += 1;
    if (group.column === group.columns.length) this.#nextRow(group);
  }

  #nextRow(group: KeyGroup<T, R>): void {
    group.column = 0;
    group.row = group.row?.next;
  }

  #link(group: KeyGroup<T, R>): void {
    if (group.isLinked || !this.#mayStart(group)) return;
    group.isLinked = true;
    if (this.#tail) this.#tail.next = group;
    else this.#head = group;
    this.#tail = group;
  }

  #unlinkHead(group: KeyGroup<T, R>): void {
    this.#head = group.next;
    if (!this.#head) this.#tail = undefined;
    group.next = undefined;
    group.isLinked = false;
  }
}

function createGroup<T, R>(columns: readonly number[]): KeyGroup<T, R> {
  return {
    columns,
    row: undefined,
    column: 0,
    due: undefined,
    lastDue: undefined,
    running: 0,
    failures: 0,
    isBroken: false,
    isLinked: false,
    next: undefined,
  };
}
