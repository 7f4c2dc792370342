import { type Cell, type PlacedCell, placeCell } from "./cell.ts";
import { FanoutError } from "./errors.ts";
import { type Grid, SettledGrid } from "./grid.ts";
import type { Ending, Outlet } from "./outlet.ts";

/** Gathers the rows of a grid. */
export class Ledger<R> implements Outlet<R> {
  readonly waiting = 0;
  readonly listsUnread = true;
  readonly #columnCount: number;
  readonly #onCell: ((cell: PlacedCell<R>) => void) | undefined;
  readonly #rows: (readonly (Cell<R> | undefined)[])[] = [];
  readonly #result: PromiseWithResolvers<Grid<R>> = Promise.withResolvers<Grid<R>>();

  constructor(columnCount: number, onCell: ((cell: PlacedCell<R>) => void) | undefined) {
    this.#columnCount = columnCount;
    this.#onCell = onCell;
  }

  get grid(): Promise<Grid<R>> {
    return this.#result.promise;
  }

  addRow(cells: readonly (Cell<R> | undefined)[]): void {
    this.#rows.push(cells);
  }

  settle(taskIndex: number, targetIndex: number, cell: Cell<R>): void {
    this.#onCell?.(placeCell(taskIndex, targetIndex, cell));
  }

  end({ failure }: Ending): void {
    const grid = new SettledGrid(this.#rows as readonly (readonly Cell<R>[])[], this.#columnCount);
    if (!failure) return this.#result.resolve(grid);
    const { code, message, cause, retryable } = failure;
    this.#result.reject(new FanoutError(code, message, { cause, retryable, grid }));
  }
}
