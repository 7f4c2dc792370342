import type { BreakerOptions } from "./breaker.ts";
import type { Cell, PlacedCell } from "./cell.ts";
import type { Grid } from "./grid.ts";
import type { Limit } from "./limit.ts";
import type { RetryOptions } from "./retry.ts";

export interface FanoutOptions<M = unknown, R = unknown> {
  /**
   * Functions that may run at once, in all. Minimum 1; `Infinity` is no limit. See `Limit` for one that changes.
   *
   * @default 8
   */
  readonly maxConcurrent?: Limit | undefined;
  /**
   * Functions that may run at once for one key. Minimum 1.
   *
   * @default Infinity
   */
  readonly maxConcurrentPerKey?: Limit | undefined;
  /**
   * What the cap per key and the breaker count by, compared as in a `Map`: a provider, a host. Asked once per target,
   * before the first task is read; it does not see the task, so that reading ahead stays bounded. Not asynchronous. If
   * it throws, each cell of this target is rejected with what it threw.
   *
   * @default the target itself
   */
  readonly key?: ((target: M, targetIndex: number) => unknown) | undefined;
  /**
   * Rows that may be read and not finished. A slow key holds its rows open while the others go on: this bounds how far
   * they get ahead of it. Minimum 1.
   *
   * @default Infinity; 1_000 for `fanoutStream`
   */
  readonly maxOpenRows?: number | undefined;
  /**
   * How long one attempt may take, in milliseconds from the call of `run`. Minimum 1, maximum 2,147,483,647.
   *
   * @default Infinity
   */
  readonly cellTimeoutMs?: number | undefined;
  /** Tries cells again that fail or time out. While such a cell waits it holds no slot, and then goes first in its key. */
  readonly retry?: RetryOptions | undefined;
  /** Gives up a key that fails again and again: its other cells are skipped, and none of them is tried again. */
  readonly breaker?: BreakerOptions | undefined;
  /**
   * Asked each time a cell of a row gets its value: if true, the row is decided, and its other cells are aborted or
   * skipped. `row` holds the cells so far by column, `undefined` where there is none yet; it is live, not a copy. Not
   * asynchronous. If it throws, that is reported once, and the row goes on.
   */
  readonly stopWhen?: ((row: readonly (Cell<R> | undefined)[], taskIndex: number) => boolean) | undefined;
  /**
   * An earlier grid of the same tasks and targets, whole or cut short. Its fulfilled cells are kept, and neither run nor
   * told to `onCell`; all others run.
   */
  readonly resume?: Pick<Grid<R>, "rows"> | undefined;
  /** Skips what was not started and aborts what is in flight: the grid says which is which. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each cell when it gets its value. If it throws, the first time is reported and the work goes on. */
  readonly onCell?: ((cell: PlacedCell<R>) => unknown) | undefined;
}
