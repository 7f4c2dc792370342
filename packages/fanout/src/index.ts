/**
 * Runs N tasks against M targets, bounded globally and per key. Every cell of the grid ends as a value:
 * fulfilled, rejected or skipped.
 *
 * @module
 */
export type { BreakerOptions } from "./breaker.ts";
export type {
  Cell,
  CellContext,
  CellPosition,
  FulfilledCell,
  PlacedCell,
  RejectedCell,
  SkippedCell,
} from "./cell.ts";
export type { FanoutErrorCode, FanoutErrorOptions } from "./errors.ts";
export { FanoutError } from "./errors.ts";
export { fanout } from "./fanout.ts";
export type { FanoutOptions } from "./fanout-options.ts";
export type { Grid } from "./grid.ts";
export type { Limit, LimitFunction } from "./limit.ts";
export type { RetryOptions } from "./retry.ts";
