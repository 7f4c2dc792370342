import type { Cell } from "./cell.ts";
import type { Grid } from "./grid.ts";
import { createRow, type Row } from "./row.ts";

/** Makes rows, whose cells may have values before anything runs: kept from an earlier grid, or given up with their key. */
export class RowMaker<T, R> {
  readonly #columnCount: number;
  readonly #resume: Pick<Grid<R>, "rows"> | undefined;
  /** By column: what every cell of it is from the start. */
  readonly #presets: (Cell<R> | undefined)[] = [];
  #hasPresets = false;
  #count = 0;

  /** @param failures what the key of a column threw */
  constructor(columnCount: number, failures: ReadonlyMap<number, unknown>, resume?: Pick<Grid<R>, "rows">) {
    this.#columnCount = columnCount;
    this.#resume = resume;
    for (const [column, reason] of failures) this.preset(column, { status: "rejected", reason });
  }

  /** Rows made so far. */
  get count(): number {
    return this.#count;
  }

  /** Gives the cells of a column their value in every row that is made from now on. */
  preset(column: number, cell: Cell<R>): void {
    this.#presets[column] = cell;
    this.#hasPresets = true;
  }

  make(task: T): Row<T, R> {
    const index = this.#count++;
    const cells = Array<Cell<R> | undefined>(this.#columnCount).fill(undefined);
    const kept = this.#resume?.rows[index];
    if (!kept && !this.#hasPresets) return createRow(index, task, cells, cells.length);
    let open = cells.length;
    for (let column = 0; column < cells.length; column += 1) {
      const cell = kept?.[column];
      cells[column] = cell?.status === "fulfilled" ? cell : this.#presets[column];
      if (cells[column]) open -= 1;
    }
    return createRow(index, task, cells, open);
  }

  /** The columns whose cells got their value with this row: those that were kept are no news. */
  presetColumns({ cells }: Row<T, R>): number[] {
    if (!this.#hasPresets) return [];
    return [...cells.keys()].filter((column) => cells[column] && cells[column] === this.#presets[column]);
  }
}
