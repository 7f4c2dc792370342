import type { Cell } from "./cell.ts";
import { FanoutError } from "./errors.ts";
import type { KeyGroup } from "./key-group.ts";
import type { Outlet } from "./outlet.ts";
import type { Plan } from "./plan.ts";
import type { Row } from "./row.ts";
import { StartOrder } from "./start-order.ts";

/** The rows that are not finished: gives their cells values, and forgets a row when all have one. */
export class Board<T, R> {
  readonly order: StartOrder<T, R>;
  readonly #outlet: Outlet<R>;
  readonly #stopWhen: Plan<T, unknown, R>["stopWhen"];
  #openRows = 0;
  #openCells = 0;

  constructor(
    { targetKeys, caps, stopWhen }: Omit<Plan<T, unknown, R>, "run" | "targets">,
    outlet: Outlet<R>,
  ) {
    this.order = new StartOrder(targetKeys, caps.perKey);
    this.#outlet = outlet;
    this.#stopWhen = stopWhen;
  }

  /** Rows with a cell that has no value. */
  get openRows(): number {
    return this.#openRows;
  }

  /** True if no cell of any row lacks its value. */
  get isComplete(): boolean {
    return this.#openCells === 0;
  }

  /** Takes a new row. @param presets the columns whose cells got their value with it */
  addRow(row: Row<T, R>, presets: readonly number[]): void {
    this.#outlet.addRow(row.cells);
    // In the order before the first value is told: a hook may abort, and that must find all that waits.
    if (row.open > 0) {
      this.#openCells += row.open;
      this.#openRows += 1;
      this.order.addRow(row);
    }
    for (const column of presets) this.#outlet.settle(row.index, column, row.cells[column] as Cell<R>);
    if (row.open < row.cells.length) this.#askStop(row);
  }

  /** Gives a cell its value, to be called once for each. */
  record(row: Row<T, R>, column: number, cell: Cell<R>): void {
    row.cells[column] = cell;
    row.attempts[column] = undefined;
    row.open -= 1;
    this.#openCells -= 1;
    if (row.open === 0) {
      this.#openRows -= 1;
      this.order.removeRow(row);
    }
    this.#outlet.settle(row.index, column, cell);
    this.#askStop(row);
  }

  /** Gives every cell its value that has none. */
  closeRows(reason: unknown): void {
    for (let row = this.order.firstRow; row; row = this.order.firstRow) this.#closeRow(row, reason);
  }

  /** Gives up the rest of a key: what was never entered is skipped, what waits to be tried again keeps its failure. */
  closeKey({ columns }: KeyGroup<T, R>, skipped: Cell<R>): void {
    for (let row = this.order.firstRow; row; row = row.next) {
      for (const column of columns) {
        if (row.cells[column]) continue;
        const attempt = row.attempts[column];
        if (!attempt) this.record(row, column, skipped);
        else if (attempt.failure) {
          const { reason } = attempt.failure;
          attempt.close();
          this.record(row, column, { status: "rejected", reason });
        }
      }
    }
  }

  /** What has begun is rejected, and told through its signal; what has not is skipped. */
  #closeRow(row: Row<T, R>, reason: unknown): void {
    row.isStopped = true;
    for (let column = 0; column < row.cells.length; column += 1) {
      if (row.cells[column]) continue;
      const attempt = row.attempts[column];
      attempt?.close();
      this.record(row, column, { status: attempt ? "rejected" : "skipped", reason });
      attempt?.abort(reason);
    }
  }

  #askStop(row: Row<T, R>): void {
    if (!this.#stopWhen || row.isStopped || row.open === 0) return;
    if (!this.#stopWhen(row.cells, row.index)) return;
    const message = `Cannot finish row ${row.index}: 'stopWhen' has seen enough of it`;
    this.#closeRow(row, new FanoutError("FANOUT_STOPPED", message));
  }
}
