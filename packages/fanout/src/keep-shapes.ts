import { Board } from "./board.ts";
import type { Cell } from "./cell.ts";
import { Ledger } from "./ledger.ts";
import { makePlan } from "./plan.ts";
import { Pump } from "./pump.ts";
import { RowMaker } from "./row-maker.ts";

let samples: readonly unknown[] | undefined;

/**
 * Keeps one of each object that comes and goes with a fan-out. When the last object of a shape is collected, V8 forgets the
 * shape and throws away the code that was compiled for it; then the first cells after each full collection cost twice as much.
 */
export function keepShapes(): void {
  if (samples !== undefined) return;
  const plan = makePlan([0], [0], () => 0, {}, 1);
  const ledger = new Ledger<number>(1, undefined);
  const board = new Board<number, number>(plan, ledger);
  const row = new RowMaker<number, number>(1, new Map(), undefined).make(0);
  board.addRow(row, []);
  const attempt = board.order.head && board.order.start(board.order.head);
  const pump = new Pump(plan, ledger);
  pump.start();
  const cell: Cell<number> = { status: "fulfilled", value: 0 };
  samples = [pump, board, row, attempt, cell, { task: 0 }];
}
