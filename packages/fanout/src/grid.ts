import type { Cell, CellPosition, FulfilledCell, RejectedCell, SkippedCell } from "./cell.ts";

/** How every cell ended, in input order however the cells finished. */
export interface Grid<R> {
  /** One array per task, each with one cell per target. */
  readonly rows: readonly (readonly Cell<R>[])[];
  /** One array per target, each with one cell per row. */
  readonly columns: readonly (readonly Cell<R>[])[];
  /** Row by row, left to right. So are `rejected` and `skipped`; together the three hold every cell once. */
  readonly fulfilled: readonly (FulfilledCell<R> & CellPosition)[];
  readonly rejected: readonly (RejectedCell & CellPosition)[];
  readonly skipped: readonly (SkippedCell & CellPosition)[];
  /** @throws {RangeError} if the grid has no such cell. */
  at(taskIndex: number, targetIndex: number): Cell<R>;
}

/** A grid over rows that nobody writes to any more. Its other views are made when first read. */
export class SettledGrid<R> implements Grid<R> {
  readonly rows: readonly (readonly Cell<R>[])[];
  readonly #columnCount: number;
  #columns: Cell<R>[][] | undefined;
  #fulfilled: (FulfilledCell<R> & CellPosition)[] | undefined;
  #rejected: (RejectedCell & CellPosition)[] | undefined;
  #skipped: (SkippedCell & CellPosition)[] | undefined;

  constructor(rows: readonly (readonly Cell<R>[])[], columnCount: number) {
    this.rows = rows;
    this.#columnCount = columnCount;
  }

  get columns(): readonly (readonly Cell<R>[])[] {
    this.#columns ??= Array.from({ length: this.#columnCount }, (_, targetIndex) =>
      this.rows.map((_row, taskIndex) => this.at(taskIndex, targetIndex)),
    );
    return this.#columns;
  }

  get fulfilled(): readonly (FulfilledCell<R> & CellPosition)[] {
    this.#fulfilled ??= this.#select((cell) => cell.status === "fulfilled");
    return this.#fulfilled;
  }

  get rejected(): readonly (RejectedCell & CellPosition)[] {
    this.#rejected ??= this.#select((cell) => cell.status === "rejected");
    return this.#rejected;
  }

  get skipped(): readonly (SkippedCell & CellPosition)[] {
    this.#skipped ??= this.#select((cell) => cell.status === "skipped");
    return this.#skipped;
  }

  at(taskIndex: number, targetIndex: number): Cell<R> {
    const cell = this.rows[taskIndex]?.[targetIndex];
    if (cell) return cell;
    const size = `${this.rows.length} × ${this.#columnCount}`;
    throw new RangeError(`Cannot read cell (${taskIndex}, ${targetIndex}): the grid is ${size}`);
  }

  #select<C extends Cell<R>>(matches: (cell: Cell<R>) => cell is C): (C & CellPosition)[] {
    const selected: (C & CellPosition)[] = [];
    this.rows.forEach((row, taskIndex) => {
      row.forEach((cell, targetIndex) => {
        if (matches(cell)) selected.push({ taskIndex, targetIndex, ...cell });
      });
    });
    return selected;
  }
}
