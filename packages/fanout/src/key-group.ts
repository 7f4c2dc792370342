import type { Attempt } from "./attempt.ts";
import type { Row } from "./row.ts";

/** The columns of one key, and how far it is. A cursor stands for its queue, so that a waiting cell costs nothing. */
export interface KeyGroup<T, R> {
  readonly columns: readonly number[];
  /** The row and the place in `columns` of the first cell that was not started; no row when there is none. */
  row: Row<T, R> | undefined;
  place: number;
  /** Attempts whose delay is over, in that order. Some may be closed. */
  due: Due<T, R> | undefined;
  lastDue: Due<T, R> | undefined;
  running: number;
  /** In a row, for the breaker. */
  failures: number;
  /** Nothing of it starts any more. */
  isBroken: boolean;
  /** Where its next cell stood in input order when that was last looked at. */
  order: number;
  /** In the heap of groups that may start a cell, or -1. */
  heapIndex: number;
}

export interface Due<T, R> {
  readonly attempt: Attempt<Row<T, R>>;
  next: Due<T, R> | undefined;
}

export function createKeyGroup<T, R>(columns: readonly number[]): KeyGroup<T, R> {
  return {
    columns,
    row: undefined,
    place: 0,
    due: undefined,
    lastDue: undefined,
    running: 0,
    failures: 0,
    isBroken: false,
    order: 0,
    heapIndex: -1,
  };
}
