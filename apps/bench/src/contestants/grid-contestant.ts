import type { Kind } from "../measure/case.ts";

/** What is done in a cell: as little as an async function can. */
export type CellWork = (row: number, column: number) => Promise<void>;

export interface GridShape {
  readonly rows: number;
  readonly columns: number;
}

/** What does the work of every cell of a grid, under the caps of the case. */
export interface GridContestant {
  readonly name: string;
  readonly kind: Kind;
  readonly note?: string | undefined;
  /** Resolves when all is done. */
  readonly run: (shape: GridShape, work: CellWork) => Promise<unknown>;
}

/** The same for cells that are taken as they come: nothing may be kept of one that was taken. */
export interface StreamContestant extends Omit<GridContestant, "run"> {
  readonly run: (shape: GridShape, work: CellWork, take: () => void) => Promise<unknown>;
}

/** How many cells run at a time, in all and in one column. */
export const totalCap = 64;
export const columnCap = 4;
/** Columns that fill the total cap, for who can bound only columns and cells within one. */
export const columnsAtOnce: number = totalCap / columnCap;

/** The cells of a grid, row by row. */
export function* cellsOf({ rows, columns }: GridShape): Generator<readonly [row: number, column: number]> {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) yield [row, column];
  }
}

/** 0 … count - 1. */
export function indexes(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
