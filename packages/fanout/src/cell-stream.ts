import { type Cell, type CellContext, type PlacedCell, placeCell } from "./cell.ts";
import { readCall } from "./check-call.ts";
import { FanoutError } from "./errors.ts";
import type { FanoutOptions } from "./fanout-options.ts";
import type { Ending, Outlet } from "./outlet.ts";
import { keepShapes } from "./keep-shapes.ts";
import { makePlan, type Plan } from "./plan.ts";
import { Pump } from "./pump.ts";

const defaultOpenRows = 1_000;

/** Kept for the reason that `keepShapes` gives. */
let sample: unknown;

/** Cells in the order in which they got their value. */
export interface CellStream<R> extends AsyncIterable<PlacedCell<R>> {
  /** The next cell. Calls may overlap: they are answered in their order. */
  next(): Promise<IteratorResult<PlacedCell<R>, undefined>>;
  /** Stops everything: aborts what runs, reads no further, ends the stream. Waits for no function that ignores its signal. */
  return(): Promise<IteratorResult<PlacedCell<R>, undefined>>;
  [Symbol.asyncIterator](): CellStream<R>;
}

/**
 * Runs every task against every target and gives each cell as soon as it has its value, with the options of `fanout`.
 *
 * **Memory** is bound by what is in flight: cells that run and cells that wait for the consumer are together no more
 * than `maxConcurrent`, so that a slow consumer holds the fan-out back, and at most `maxOpenRows` rows are open. Cells that
 * are given up at once, with their key, their row or an abort, come on top: no more than those rows have. A row that is
 * finished is forgotten.
 *
 * **The end.** Leaving the loop early stops everything. An abort gives what was in flight as rejected and what was read
 * but not started as skipped; then, so that a stream cut short never looks like a whole one, the next read rejects with the
 * reason of the signal. Tasks that were never read are no cells. Cells that `resume` keeps are not given.
 *
 * The targets are read at the call; no task is read and nothing started before the first read of a cell.
 *
 * @throws {TypeError | RangeError} if an argument is not as documented. What follows is thrown by reading:
 * @throws the reason of `signal` if it aborts
 * @throws {FanoutError} `FANOUT_TASKS` if reading `tasks` threw, after the cells of the rows read so far
 *
 * @example
 * ```ts
 * for await (const cell of fanoutStream(lines(file), models, ask, { maxConcurrent: 64 })) {
 *   if (cell.status === "fulfilled") console.log(cell.taskIndex, cell.value);
 * }
 * ```
 */
export function fanoutStream<T, M, R>(
  tasks: Iterable<T> | AsyncIterable<T>,
  targets: Iterable<M>,
  run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>,
  options: FanoutOptions<M, R> = {},
): CellStream<R> {
  const given = readCall(options);
  keepShapes();
  sample ??= new PumpedStream(makePlan([], [], () => undefined, {}, 1));
  return new PumpedStream(makePlan(tasks, targets, run, given, defaultOpenRows));
}

class PumpedStream<T, M, R> implements CellStream<R>, Outlet<R> {
  readonly listsUnread = false;
  readonly #plan: Plan<T, M, R>;
  #pump: Pump<T, M, R> | undefined;
  /** From `#taken` on: what waits to be taken. */
  #cells: (PlacedCell<R> | undefined)[] = [];
  #taken = 0;
  #reads: PromiseWithResolvers<IteratorResult<PlacedCell<R>, undefined>>[] = [];
  #isEnded = false;
  /** Thrown once, after the last cell. */
  #failure: { readonly reason: unknown } | undefined;

  constructor(plan: Plan<T, M, R>) {
    this.#plan = plan;
  }

  get waiting(): number {
    return this.#cells.length - this.#taken;
  }

  next(): Promise<IteratorResult<PlacedCell<R>, undefined>> {
    if (!this.#pump) this.#start();
    if (this.waiting > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#isEnded) return this.#last();
    const read = Promise.withResolvers<IteratorResult<PlacedCell<R>, undefined>>();
    this.#reads.push(read);
    return read.promise;
  }

  return(): Promise<IteratorResult<PlacedCell<R>, undefined>> {
    const pump = this.#isEnded ? undefined : this.#pump;
    this.end({});
    this.#cells = [];
    this.#taken = 0;
    this.#failure = undefined;
    pump?.stop(new FanoutError("FANOUT_STOPPED", "Cannot finish the cell: nobody reads the stream any more"));
    return this.#last();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  addRow(): void {}

  settle(taskIndex: number, targetIndex: number, cell: Cell<R>): void {
    const placed = placeCell(taskIndex, targetIndex, cell);
    this.#plan.onCell?.(placed);
    if (this.#isEnded) return;
    const read = this.#reads.shift();
    if (read) read.resolve({ done: false, value: placed });
    else this.#cells.push(placed);
  }

  end({ failure, abort }: Ending): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#failure = failure ? { reason: failure } : abort;
    for (const read of this.#reads.splice(0)) read.resolve(this.#last());
  }

  #start(): void {
    const { signal, targets } = this.#plan;
    this.#pump = new Pump(this.#plan, this);
    try {
      signal?.throwIfAborted();
      if (targets.length === 0) this.end({});
      if (!this.#isEnded) this.#pump.start();
    } catch (reason) {
      this.end({ abort: { reason } });
    }
  }

  #take(): PlacedCell<R> {
    const cell = this.#cells[this.#taken] as PlacedCell<R>;
    this.#cells[this.#taken] = undefined;
    this.#taken += 1;
    if (this.#taken === this.#cells.length || this.#taken === 1024) {
      this.#cells.splice(0, this.#taken);
      this.#taken = 0;
    }
    this.#pump?.proceed();
    return cell;
  }

  #last(): Promise<IteratorResult<PlacedCell<R>, undefined>> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) return Promise.reject(failure.reason);
    return Promise.resolve({ done: true, value: undefined });
  }
}
