import type { Grid } from "./grid.ts";

/** The contract that callers switch on. Messages may change, codes do not. */
export type FanoutErrorCode = "FANOUT_BREAKER_OPEN" | "FANOUT_STOPPED" | "FANOUT_TASKS" | "FANOUT_TIMEOUT";

export interface FanoutErrorOptions extends ErrorOptions {
  readonly grid?: Grid<unknown> | undefined;
  readonly retryable?: boolean | undefined;
}

/** The one error class of this package; `code` says which failure it is. */
export class FanoutError extends Error {
  override readonly name: string = "FanoutError";
  readonly code: FanoutErrorCode;
  /** True where the same cells may succeed in another call, as `resume` makes it. */
  readonly retryable: boolean;
  /** With `FANOUT_TASKS` of a `fanout`: the rows that were read, every cell settled. Otherwise `undefined`. */
  readonly grid: Grid<unknown> | undefined;

  constructor(code: FanoutErrorCode, message: string, options: FanoutErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.grid = options.grid;
  }
}
