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

/** `run` or `key` threw, the cell timed out, or it was in flight when the signal aborted. */
export interface RejectedCell {
  readonly status: "rejected";
  /** What was thrown, a `FanoutError` with `FANOUT_TIMEOUT`, or the reason of the signal. */
  readonly reason: unknown;
}

/** `run` was never entered for this cell. */
export interface SkippedCell {
  readonly status: "skipped";
  /** The reason of the signal. */
  readonly reason: unknown;
}

/** How a cell ended. The first two have the shape of `Promise.allSettled`. */
export type Cell<R> = FulfilledCell<R> | RejectedCell | SkippedCell;

/** A cell that says where it stands. */
export type PlacedCell<R> = Cell<R> & CellPosition;

/** What `run` is told about the cell that it works on. */
export interface CellContext extends CellPosition {
  /** What the per-key cap counts by: the target itself, or what `options.key` made of it. */
  readonly key: unknown;
  /** Always 1: a cell is tried once. */
  readonly attempt: number;
  /**
   * This cell's own signal, aborted by its timeout or by the signal of the fan-out. Pass it on: a function that
   * ignores it keeps its slot. Made when first read, so read it as a property: a spread copy does not have it.
   */
  readonly signal: AbortSignal;
}
