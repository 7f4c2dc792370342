import type { Attempt } from "./attempt.ts";
import type { Cell } from "./cell.ts";

/** A task that was read, and how far its cells are. Rows with open cells are chained in the order of their tasks. */
export interface Row<T, R> {
  readonly index: number;
  readonly task: T;
  /** By column: a value, once there is one. */
  readonly cells: (Cell<R> | undefined)[];
  /** By column: the attempt that is in flight, or waits to be. */
  readonly attempts: (Attempt<Row<T, R>> | undefined)[];
  /** Cells without a value. */
  open: number;
  /** Being closed or closed for a reason of the whole row: `stopWhen` is not asked again. */
  isStopped: boolean;
  previous: Row<T, R> | undefined;
  next: Row<T, R> | undefined;
}

/** @param cells may have values already; taken over, not copied */
export function createRow<T, R>(
  index: number,
  task: T,
  cells: (Cell<R> | undefined)[],
  open: number,
): Row<T, R> {
  const attempts = Array<undefined>(cells.length).fill(undefined);
  return { index, task, cells, attempts, open, isStopped: false, previous: undefined, next: undefined };
}
