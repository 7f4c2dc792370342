import type { Cell, PlacedCell } from "./cell.ts";
import { SettledGrid } from "./grid.ts";
import type { Grid } from "./grid.ts";
import { reportProblem } from "./internal/logger.ts";

/** The values of the cells, as they come in. */
export class Ledger<R> {
  readonly #columnCount: number;
  readonly #onCell: ((cell: PlacedCell<R>) => unknown) | undefined;
  readonly #rows: Cell<R>[][] = [];
  #unsettled = 0;
  #hookFailed = false;

  constructor(columnCount: number, onCell: ((cell: PlacedCell<R>) => unknown) | undefined) {
    this.#columnCount = columnCount;
    this.#onCell = onCell;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  /** Returns if every cell of every row has its value. */
  get complete(): boolean {
    return this.#unsettled === 0;
  }

  /** Adds a row whose cells have no values yet, and returns its index. */
  addRow(): number {
    this.#unsettled += this.#columnCount;
    const row: Cell<R>[] = [];
    row.length = this.#columnCount;
    return this.#rows.push(row) - 1;
  }

  /** Gives a cell its value, to be called once for each. */
  record(taskIndex: number, targetIndex: number, cell: Cell<R>): void {
    (this.#rows[taskIndex] as Cell<R>[])[targetIndex] = cell;
    this.#unsettled -= 1;
    if (this.#onCell) this.#tell(this.#onCell, { taskIndex, targetIndex, ...cell });
  }

  /** The grid, once complete. */
  toGrid(): Grid<R> {
    return new SettledGrid(this.#rows, this.#columnCount);
  }

  #tell(onCell: (cell: PlacedCell<R>) => unknown, cell: PlacedCell<R>): void {
    try {
      const told = onCell(cell);
      if (told instanceof Promise) told.catch((error: unknown) => this.#reportHook(error));
    } catch (error) {
      this.#reportHook(error);
    }
  }

  // A broken hook fails for every cell alike: once is enough to be told.
  #reportHook(error: unknown): void {
    if (this.#hookFailed) return;
    this.#hookFailed = true;
    reportProblem(undefined, "fanout's onCell threw", error);
  }
}
