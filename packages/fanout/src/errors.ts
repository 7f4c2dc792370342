import type { Grid } from "./grid.ts";

/** The contract that callers switch on. Messages may change, codes do not. */
export type FanoutErrorCode = "FANOUT_TASKS" | "FANOUT_TIMEOUT";

export interface FanoutErrorOptions extends ErrorOptions {
  readonly grid?: Grid<unknown> | undefined;
}

/** The one error class of this package; `code` says which failure it is. */
export class FanoutError extends Error {
  override readonly name: string = "FanoutError";
  readonly code: FanoutErrorCode;
  /** With `FANOUT_TASKS`: the rows that were read, every cell settled. Otherwise `undefined`. */
  readonly grid: Grid<unknown> | undefined;

  constructor(code: FanoutErrorCode, message: string, options: FanoutErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.grid = options.grid;
  }
}
