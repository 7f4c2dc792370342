import type { Cell } from "./cell.ts";
import type { FanoutError } from "./errors.ts";

/** How a fan-out ended. Neither: the tasks were read to their end. */
export interface Ending {
  /** Why reading the tasks failed: `FANOUT_TASKS`. */
  readonly failure?: FanoutError | undefined;
  /** The reason of an abort that left cells undone, or tasks unread. */
  readonly abort?: { readonly reason: unknown } | undefined;
}

/** Where the cells go: into a grid, or to the consumer of a stream. */
export interface Outlet<R> {
  /** Cells that have their value and are not taken yet. Each takes the room of one that runs. */
  readonly waiting: number;
  /** If tasks that an abort left unread get rows too, as far as they are known. */
  readonly listsUnread: boolean;
  /** A row was read. The cells are filled in later: the array is not written to once all are. */
  addRow(cells: readonly (Cell<R> | undefined)[]): void;
  /** A cell got its value. */
  settle(taskIndex: number, targetIndex: number, cell: Cell<R>): void;
  /** Called once. Every cell of every row has its value. */
  end(ending: Ending): void;
}
