import { Breaker } from "./breaker.ts";
import { Caps } from "./caps.ts";
import type { Cell, CellContext, PlacedCell } from "./cell.ts";
import { requireOptions, requirePositions, requireResume } from "./check-arguments.ts";
import type { FanoutOptions } from "./fanout-options.ts";
import type { Grid } from "./grid.ts";
import { Retry } from "./retry.ts";
import { groupTargets, type TargetKeys } from "./target-keys.ts";
import { guardHook, guardQuestion, isBoolean } from "./user-function.ts";

/** A checked call of `fanout`, every default filled in. What the user's functions throw is caught. */
export interface Plan<T, M, R> {
  readonly tasks: Iterable<T> | AsyncIterable<T>;
  readonly targets: readonly M[];
  readonly run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>;
  readonly targetKeys: TargetKeys;
  readonly caps: Caps;
  readonly maxOpenRows: number;
  readonly cellTimeoutMs: number;
  readonly retry: Retry | undefined;
  readonly breaker: Breaker | undefined;
  readonly stopWhen: ((row: readonly (Cell<R> | undefined)[], taskIndex: number) => boolean) | undefined;
  readonly resume: Pick<Grid<R>, "rows"> | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onCell: ((cell: PlacedCell<R>) => void) | undefined;
}

/**
 * Checks a call and reads its targets. Each option is read once.
 *
 * @throws {TypeError | RangeError} if an argument is not as documented.
 * @throws what reading the targets, or asking a limit, threw
 */
export function makePlan<T, M, R>(
  tasks: Iterable<T> | AsyncIterable<T>,
  targets: Iterable<M>,
  run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>,
  given: FanoutOptions<M, R>,
  defaultOpenRows: number,
): Plan<T, M, R> {
  const { maxConcurrent = 8, maxConcurrentPerKey = Infinity, key = (target: M): unknown => target } = given;
  const { maxOpenRows = defaultOpenRows, cellTimeoutMs = Infinity, retry, breaker } = given;
  const { stopWhen, resume, signal, onCell } = given;
  requirePositions(tasks, targets, run);
  requireOptions({ key, maxOpenRows, cellTimeoutMs, stopWhen, resume, onCell });
  const caps = new Caps(maxConcurrent, maxConcurrentPerKey);
  const checked = {
    retry: retry === undefined ? undefined : new Retry(retry),
    breaker: breaker === undefined ? undefined : new Breaker(breaker),
    stopWhen: stopWhen && guardQuestion("stopWhen", stopWhen, isBoolean, false),
    onCell: onCell && guardHook("onCell", onCell),
  };

  const columns = [...targets];
  if (resume) requireResume(resume, tasks, columns.length);
  // A cap per key that is never the tighter one needs no count by key.
  const isOneGroup = !breaker && caps.isFixed && caps.perKey >= caps.total;
  const targetKeys = groupTargets(columns, key, isOneGroup);
  const limits = { caps, maxOpenRows, cellTimeoutMs };
  return { tasks, targets: columns, run, targetKeys, ...limits, ...checked, resume, signal };
}
