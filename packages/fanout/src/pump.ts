import type { Cell, CellContext, PlacedCell } from "./cell.ts";
import { EnteredCell } from "./entered-cell.ts";
import { FanoutError } from "./errors.ts";
import type { Grid } from "./grid.ts";
import { reportProblem } from "./internal/logger.ts";
import { KeyRing } from "./key-ring.ts";
import type { KeyGroup, Row } from "./key-ring.ts";
import { Ledger } from "./ledger.ts";
import type { TargetKeys } from "./target-keys.ts";
import { TaskReader } from "./task-reader.ts";

/** A checked call of `fanout`, every default filled in. */
export interface Plan<T, M, R> {
  readonly tasks: Iterable<T> | AsyncIterable<T>;
  readonly targets: readonly M[];
  readonly run: (task: T, target: M, cell: CellContext) => R | PromiseLike<R>;
  readonly targetKeys: TargetKeys;
  readonly maxConcurrent: number;
  readonly maxConcurrentPerKey: number;
  readonly cellTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onCell: ((cell: PlacedCell<R>) => unknown) | undefined;
}

/** Carries out one plan. */
export class Pump<T, M, R> {
  readonly #plan: Plan<T, M, R>;
  readonly #reader: TaskReader<T>;
  readonly #ring: KeyRing<T>;
  readonly #ledger: Ledger<R>;
  readonly #result: PromiseWithResolvers<Grid<R>> = Promise.withResolvers<Grid<R>>();
  /** Entered and not settled, kept for the signal only. */
  readonly #inFlight = new Set<EnteredCell>();
  /** Functions entered and not back: what the global cap counts. */
  #running = 0;
  #reading = false;
  /** No row comes any more: the tasks are exhausted, failed, or given up by an abort. */
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(plan: Plan<T, M, R>) {
    this.#plan = plan;
    this.#reader = new TaskReader(plan.tasks);
    this.#ring = new KeyRing(plan.targetKeys.groups, plan.maxConcurrentPerKey);
    this.#ledger = new Ledger(plan.targets.length, plan.onCell);
  }

  /** To be called once. */
  start(): Promise<Grid<R>> {
    this.#plan.signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#fill();
    this.#finishIfComplete();
    return this.#result.promise;
  }

  /** Starts cells until no slot is free or none may start. */
  #fill(): void {
    while (this.#mayStart()) void this.#serve();
  }

  /** Returns if a cell may start now, reading rows only as far as that takes. */
  #mayStart(): boolean {
    if (this.#running >= this.#plan.maxConcurrent) return false;
    while (!this.#ring.head && this.#ring.wantsRow && this.#readRow());
    return this.#ring.head !== undefined;
  }

  /**
   * One slot: runs cell after cell until none may start. Never rejects. A function that comes back frees one slot, so
   * one start here fills all that can be filled: `#fill` is for the rows that arrive by themselves.
   */
  async #serve(): Promise<void> {
    const { run, targets } = this.#plan;
    do {
      const group = this.#ring.head as KeyGroup<T>;
      const { index, task } = group.row as Row<T>;
      const column = group.columns[group.column] as number;
      this.#ring.start(group);
      const cell = this.#enter(index, column);
      try {
        let value = run(task, targets[column] as M, cell);
        // A plain value gives the slot back at once, not a turn later.
        if (isThenable(value)) value = await value;
        this.#settle(cell, { status: "fulfilled", value });
      } catch (reason) {
        this.#settle(cell, { status: "rejected", reason });
      }
      this.#running -= 1;
      this.#ring.end(group);
    } while (this.#mayStart());
  }

  #enter(taskIndex: number, targetIndex: number): EnteredCell {
    const { targetKeys, cellTimeoutMs, signal } = this.#plan;
    const cell = new EnteredCell(taskIndex, targetIndex, targetKeys.keys[targetIndex]);
    this.#running += 1;
    if (signal) this.#inFlight.add(cell);
    if (cellTimeoutMs !== Number.POSITIVE_INFINITY) cell.startTimer(cellTimeoutMs, this.#onTimeout);
    return cell;
  }

  /** Gives the cell its value unless it has one. Its slot is another matter: that stays with the function. */
  #settle(cell: EnteredCell, outcome: Cell<R>): void {
    if (!cell.settle()) return;
    this.#inFlight.delete(cell);
    this.#ledger.record(cell.taskIndex, cell.targetIndex, outcome);
    this.#finishIfComplete();
  }

  /** Settles a cell whose function has not come back, and tells the function. */
  #giveUp(cell: EnteredCell, reason: unknown): void {
    this.#settle(cell, { status: "rejected", reason });
    cell.abort(reason);
  }

  readonly #onTimeout = (cell: EnteredCell): void => {
    const what = `Cannot finish cell (${cell.taskIndex}, ${cell.targetIndex})`;
    const message = `${what}: timed out after ${this.#plan.cellTimeoutMs} ms`;
    this.#giveUp(cell, new FanoutError("FANOUT_TIMEOUT", message));
  };

  readonly #onAbort = (): void => {
    const reason: unknown = this.#plan.signal?.reason;
    const skipped: Cell<R> = { status: "skipped", reason };
    for (const { taskIndex, targetIndex } of this.#ring.drain()) {
      this.#ledger.record(taskIndex, targetIndex, skipped);
    }
    if (!this.#ended) this.#giveUpReading(skipped);
    for (const cell of this.#inFlight) this.#giveUp(cell, reason);
    this.#finishIfComplete();
  };

  #giveUpReading(skipped: Cell<R>): void {
    this.#ended = true;
    this.#reader.close();
    // An array says how much of it was not read: no task goes missing from its grid. Asked once: a hook may add to it.
    const { size } = this.#reader;
    while (this.#ledger.rowCount < size) {
      const taskIndex = this.#ledger.addRow();
      this.#rejectKeys(taskIndex);
      for (const targetIndex of this.#plan.targetKeys.groups.flat()) {
        this.#ledger.record(taskIndex, targetIndex, skipped);
      }
    }
  }

  /** Reads one task. Returns if a row was added; a row that comes later makes its own way. */
  #readRow(): boolean {
    if (this.#reading || this.#ended) return false;
    this.#reading = true;
    try {
      const read = this.#reader.read();
      if (!(read instanceof Promise)) return this.#accept(read);
      read.then((later) => {
        this.#accept(later);
        this.#fill();
        this.#finishIfComplete();
      }, this.#onReadFailure);
    } catch (error) {
      this.#onReadFailure(error);
    }
    return false;
  }

  #accept(read: { readonly task: T } | undefined): boolean {
    const opened = read !== undefined && !this.#ended;
    if (opened) this.#addRow(read.task);
    this.#ended ||= read === undefined;
    this.#reading = false;
    return opened;
  }

  #addRow(task: T): void {
    const index = this.#ledger.addRow();
    // In the ring before the first value is told: a hook may abort, and that must find all that waits.
    this.#ring.addRow({ index, task, next: undefined });
    this.#rejectKeys(index);
  }

  /** Rejects the cells of a row whose key could not be told. */
  #rejectKeys(taskIndex: number): void {
    for (const [targetIndex, reason] of this.#plan.targetKeys.failures) {
      this.#ledger.record(taskIndex, targetIndex, { status: "rejected", reason });
    }
  }

  readonly #onReadFailure = (error: unknown): void => {
    if (!this.#ended) this.#failure = { error };
    else if (error !== this.#plan.signal?.reason)
      reportProblem(undefined, "fanout's tasks failed after the abort", error);
    this.#ended = true;
    this.#finishIfComplete();
  };

  /** The end may be unknown when the last value comes: then one more row is asked for, free slot or not. */
  #finishIfComplete(): void {
    while (this.#ledger.complete && this.#readRow());
    if (!this.#ledger.complete || !this.#ended) return;
    this.#plan.signal?.removeEventListener("abort", this.#onAbort);
    const grid = this.#ledger.toGrid();
    if (!this.#failure) return this.#result.resolve(grid);
    const message = `Cannot read task ${this.#ledger.rowCount}: the tasks threw`;
    this.#result.reject(new FanoutError("FANOUT_TASKS", message, { cause: this.#failure.error, grid }));
  }
}

function isThenable<R>(value: R | PromiseLike<R>): value is PromiseLike<R> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as Partial<PromiseLike<R>>).then === "function";
}
