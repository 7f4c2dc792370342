import type { PlacedCell } from "./cell.ts";

export interface FanoutOptions<M = unknown, R = unknown> {
  /**
   * Functions that may run at once, in all. Minimum 1; `Infinity` is no limit.
   *
   * @default 8
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Functions that may run at once for one key. Minimum 1.
   *
   * @default Infinity
   */
  readonly maxConcurrentPerKey?: number | undefined;
  /**
   * What the per-key cap counts by, compared as in a `Map`: a provider, a host. Asked once per target, before the
   * first task is read; it does not see the task, so that reading ahead stays bounded. Not asynchronous. If it
   * throws, each cell of this target is rejected with what it threw.
   *
   * @default the target itself
   */
  readonly key?: ((target: M, targetIndex: number) => unknown) | undefined;
  /**
   * How long one cell may take, in milliseconds from the call of `run`. Minimum 1, maximum 2,147,483,647.
   *
   * @default Infinity
   */
  readonly cellTimeoutMs?: number | undefined;
  /** Skips what was not started and aborts what is in flight: the grid says which is which. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each cell when it gets its value. If it throws, the first time is reported and the work goes on. */
  readonly onCell?: ((cell: PlacedCell<R>) => unknown) | undefined;
}
