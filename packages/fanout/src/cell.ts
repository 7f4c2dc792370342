/** Where a cell stands: row `taskIndex`, column `targetIndex`, both from 0 in input order. */
export interface CellPosition {
  readonly taskIndex: number;
  readonly targetIndex: number;
}

/** `run` returned or resolved in time. */
export interface FulfilledCell<R> {
  readonly status: "fulfilled";
  readonly value: R;
}

/** `run` or `key` threw, the cell timed out, or it had begun when the signal aborted or its row was decided. */
export interface RejectedCell {
  readonly status: "rejected";
  /** What was thrown (by the last attempt), a `FanoutError`, or the reason of the signal. */
  readonly reason: unknown;
}

/** `run` was never entered for this cell. */
export interface SkippedCell {
  readonly status: "skipped";
  /** The reason of the signal, or a `FanoutError`: `FANOUT_BREAKER_OPEN` or `FANOUT_STOPPED`. */
  readonly reason: unknown;
}

/** How a cell ended. The first two have the shape of `Promise.allSettled`. */
export type Cell<R> = FulfilledCell<R> | RejectedCell | SkippedCell;

/** A cell that says where it stands. */
export type PlacedCell<R> = Cell<R> & CellPosition;

/** What `run` is told about the cell that it works on. */
export interface CellContext extends CellPosition {
  /** What the cap per key and the breaker count by: the target itself, or what `options.key` made of it. */
  readonly key: unknown;
  /** The number of this call for this cell, from 1. */
  readonly attempt: number;
  /**
   * This call's own signal, aborted by its timeout, by the signal of the fan-out, or once its row is decided. Pass it
   * on: a function that ignores it keeps its slot. Made when first read, so read it as a property: a spread copy does
   * not have it.
   */
  readonly signal: AbortSignal;
}

// Written out: it costs a fraction of a spread.
export function placeCell<R>(taskIndex: number, targetIndex: number, cell: Cell<R>): PlacedCell<R> {
  if (cell.status === "fulfilled") return { taskIndex, targetIndex, status: cell.status, value: cell.value };
  return { taskIndex, targetIndex, status: cell.status, reason: cell.reason };
}
