import type { CellContext } from "./cell.ts";
import { readCall } from "./check-call.ts";
import type { FanoutOptions } from "./fanout-options.ts";
import type { Grid } from "./grid.ts";
import { SettledGrid } from "./grid.ts";
import { keepShapes } from "./keep-shapes.ts";
import { Ledger } from "./ledger.ts";
import { makePlan } from "./plan.ts";
import { Pump } from "./pump.ts";

/**
 * Runs every task against every target and resolves with the grid of what came out. A cell that fails, times out or
 * is aborted is a value in the grid; the rest go on.
 *
 * **Caps** count running code: functions entered and not back. A cell that timed out or was aborted has its value at
 * once but holds its slot until its function returns. No slot is free while a cell may start. Of the cells whose key
 * has room the first in input order starts, row by row and left to right.
 *
 * **Tasks** are read one at a time, a row only when no cell of the rows read so far may start, or all of them have
 * their value. Targets are read whole, first.
 *
 * **The promise** resolves as soon as every cell has a value: after a timeout or an abort a function that ignores its
 * signal may still be running. An abort resolves too. Then rows that were never read are in the grid as skipped if
 * `tasks` is an array or a `Set`, and otherwise not in it.
 *
 * @param tasks the rows; may be endless if `signal` ends it
 * @param targets the columns, finite; without any, `tasks` is not read and the grid is empty
 * @param run called once per cell, with `retry` more often; may return a value, return a promise or throw
 * @throws {TypeError | RangeError} before anything is read, if an argument is not as documented
 * @throws the reason of `signal`, before anything is read, if it is already aborted
 * @throws {FanoutError} `FANOUT_TASKS` if reading `tasks` threw. The cells of the rows read so far run to their end
 *   first, and are in the error's `grid`.
 * @throws what reading `targets` threw, before any task is read
 *
 * @example
 * ```ts
 * const grid = await fanout(files, models, (file, model, { signal }) => review(file, model, signal), {
 *   maxConcurrentPerKey: 2,
 *   key: (model) => model.provider,
 * });
 * ```
 */
export async function fanout<T, M, R>(
  tasks: Iterable<T> | AsyncIterable<T>,
  targets: Iterable<M>,
  run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>,
  options: FanoutOptions<M, R> = {},
): Promise<Grid<R>> {
  const given = readCall(options);
  const { signal } = given;
  signal?.throwIfAborted();
  keepShapes();
  const plan = makePlan(tasks, targets, run, given, Infinity);
  signal?.throwIfAborted();
  if (plan.targets.length === 0) return new SettledGrid<R>([], 0);
  const ledger = new Ledger<R>(plan.targets.length, plan.onCell);
  new Pump(plan, ledger).start();
  return ledger.grid;
}
