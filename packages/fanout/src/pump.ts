import { Attempt } from "./attempt.ts";
import { Board } from "./board.ts";
import type { Cell } from "./cell.ts";
import { FanoutError } from "./errors.ts";
import type { KeyGroup } from "./key-group.ts";
import type { Outlet } from "./outlet.ts";
import type { Plan } from "./plan.ts";
import { RowSource } from "./row-source.ts";
import type { Row } from "./row.ts";
import type { StartOrder } from "./start-order.ts";

/** Rows that bring no cell to start are read so many at a time: an endless source must not stop the event loop. */
const idleRowsPerTurn = 10_000;

/** Carries out one plan. */
export class Pump<T, M, R> {
  readonly #plan: Plan<T, M, R>;
  readonly #outlet: Outlet<R>;
  readonly #source: RowSource<T, R>;
  readonly #board: Board<T, R>;
  readonly #order: StartOrder<T, R>;
  /** Functions entered and not back: what the global cap counts. */
  #running = 0;
  #isFilling = false;
  /** Slots may be free that no function gave back: a cap has grown, or the bound on rows kept them free. */
  #hasMoreRoom = false;
  /** Rows since a cell was started, or since the last pause. */
  #idleRows = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #isDone = false;
  #abort: { readonly reason: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(plan: Plan<T, M, R>, outlet: Outlet<R>) {
    this.#plan = plan;
    this.#outlet = outlet;
    this.#source = new RowSource(plan, {
      onRow: (row) => this.#openRow(row),
      onLate: () => this.proceed(),
    });
    this.#board = new Board(plan, outlet);
    this.#order = this.#board.order;
  }

  /** To be called once. */
  start(): void {
    const { caps, signal } = this.#plan;
    caps.follow(this.#onCapChange);
    if (!caps.isFixed) {
      // They may have changed since the plan was made: a stream starts at its first read.
      this.#refreshCaps();
      this.#awaitWake();
    }
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.proceed();
  }

  /** Starts what may start, and looks for the end: to be called after anything that makes room. */
  proceed(): void {
    this.#fill();
    this.#finishIfComplete();
  }

  /** Gives up what has no value yet, and reads no further. */
  stop(reason: unknown): void {
    this.#abort ??= { reason };
    // Asked once: a hook may add tasks.
    const unread = this.#source.close(reason);
    this.#board.closeRows(reason);
    // An array says how much of it was not read: no task goes missing from its grid.
    for (let rows = 0; this.#outlet.listsUnread && rows < unread; rows += 1) {
      this.#openRow(this.#source.rows.make(undefined as T));
      this.#board.closeRows(reason);
    }
    this.#finishIfComplete();
  }

  /** Starts cells until no slot is free or none may start. */
  #fill(): void {
    if (this.#isFilling) return;
    this.#isFilling = true;
    while (this.#mayStart()) void this.#serve();
    this.#isFilling = false;
  }

  /** Returns if a cell may start now, reading rows only as far as that takes. */
  #mayStart(): boolean {
    const { caps, maxOpenRows } = this.#plan;
    if (caps.isPolled) this.#refreshCaps();
    while (this.#running + this.#outlet.waiting < caps.total) {
      if (this.#order.head) return true;
      if (!this.#order.wantsRow) return false;
      if (this.#board.openRows >= maxOpenRows) this.#hasMoreRoom = true;
      if (this.#board.openRows >= maxOpenRows || !this.#readRow()) return false;
    }
    return false;
  }

  /** Returns if a row was read at once. After many that brought nothing, the event loop has its turn first. */
  #readRow(): boolean {
    if (this.#idleRows < idleRowsPerTurn) return this.#source.read();
    if (!this.#source.isEnded) this.#pause ??= setTimeout(this.#onPauseOver);
    return false;
  }

  readonly #onPauseOver = (): void => {
    this.#pause = undefined;
    this.#idleRows = 0;
    this.proceed();
  };

  /**
   * One slot: runs cell after cell until none may start. Never rejects. A function that comes back frees one slot, so
   * one start here fills all that can be filled; `#fill` is for what makes room in other ways.
   */
  async #serve(): Promise<void> {
    const { run, targets, cellTimeoutMs } = this.#plan;
    do {
      const group = this.#order.head as KeyGroup<T, R>;
      const attempt = this.#order.start(group);
      const { task } = attempt.enter();
      this.#idleRows = 0;
      this.#running += 1;
      if (cellTimeoutMs !== Infinity) attempt.after(cellTimeoutMs, this.#onTimeout);
      try {
        let value = run(task, targets[attempt.targetIndex] as M, attempt);
        // A plain value gives the slot back at once, not a turn later.
        if (isThenable(value)) value = await value;
        if (attempt.row) group.failures = 0;
        this.#settle(attempt, { status: "fulfilled", value });
      } catch (reason) {
        this.#fail(attempt, reason);
      }
      this.#running -= 1;
      this.#order.end(group);
    } while (this.#mayStart() && !this.#refill());
  }

  /** Returns if others took all that there is to start. */
  #refill(): boolean {
    if (!this.#hasMoreRoom) return false;
    this.#hasMoreRoom = false;
    this.#fill();
    return true;
  }

  /** A failed attempt: its cell is tried again later, or has its value now. Its slot stays with its function. */
  #fail(attempt: Attempt<Row<T, R>>, reason: unknown): void {
    if (!attempt.row) return;
    const { retry, breaker } = this.#plan;
    const group = this.#order.groupOf(attempt.targetIndex);
    const opened = group.isBroken ? undefined : breaker?.fail(group, reason);
    if (opened) this.#order.break(group);
    const delayMs = group.isBroken ? undefined : retry?.delayMs(reason, attempt.attempt);
    if (delayMs === undefined) this.#settle(attempt, { status: "rejected", reason });
    else this.#tryLater(attempt, reason, delayMs);
    if (opened) this.#skipKey(group, { status: "skipped", reason: opened });
  }

  #tryLater(failed: Attempt<Row<T, R>>, reason: unknown, delayMs: number): void {
    const row = failed.close();
    if (!row) return;
    const { targetIndex, key, attempt } = failed;
    const next = new Attempt(row, targetIndex, key, attempt + 1, { reason });
    row.attempts[targetIndex] = next;
    next.after(delayMs, this.#onDue);
  }

  readonly #onDue = (attempt: Attempt<Row<T, R>>): void => {
    this.#order.addDue(attempt);
    this.#fill();
  };

  readonly #onTimeout = (attempt: Attempt<Row<T, R>>): void => {
    const what = `Cannot finish cell (${attempt.taskIndex}, ${attempt.targetIndex})`;
    const message = `${what}: timed out after ${this.#plan.cellTimeoutMs} ms`;
    const reason = new FanoutError("FANOUT_TIMEOUT", message, { retryable: true });
    this.#fail(attempt, reason);
    attempt.abort(reason);
    // No slot is free yet, but a row may be finished, and so another be read for those that are.
    this.#fill();
  };

  readonly #onAbort = (): void => this.stop(this.#plan.signal?.reason);

  /** Gives the cell its value unless it has one. Its slot is another matter: that stays with the function. */
  #settle(attempt: Attempt<Row<T, R>>, cell: Cell<R>): void {
    const row = attempt.close();
    if (!row) return;
    this.#board.record(row, attempt.targetIndex, cell);
    this.#finishIfComplete();
  }

  #skipKey(group: KeyGroup<T, R>, skipped: Cell<R>): void {
    for (const column of group.columns) this.#source.rows.preset(column, skipped);
    this.#board.closeKey(group, skipped);
    this.proceed();
  }

  #openRow(row: Row<T, R>): void {
    this.#idleRows += 1;
    this.#board.addRow(row, this.#source.rows.presetColumns(row));
  }

  /** A lower cap holds at once; cells start in the async context of the fan-out, not in that of whoever changed the cap. */
  readonly #onCapChange = (): void => {
    this.#refreshCaps();
    this.#wake?.();
  };

  #refreshCaps(): void {
    const { caps } = this.#plan;
    const { total, perKey } = caps;
    caps.refresh();
    if (caps.total > total || caps.perKey > perKey) this.#hasMoreRoom = true;
    if (caps.perKey !== perKey) this.#order.setCap(caps.perKey);
  }

  #awaitWake(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    void promise.then(() => {
      this.#awaitWake();
      this.proceed();
    });
  }

  /** The end may be unknown when the last value comes: then one more row is asked for, free slot or not. */
  #finishIfComplete(): void {
    while (this.#board.isComplete && this.#outlet.waiting === 0 && this.#readRow());
    if (!this.#board.isComplete || !this.#source.isEnded || this.#isDone) return;
    this.#isDone = true;
    this.#plan.signal?.removeEventListener("abort", this.#onAbort);
    this.#plan.caps.unfollow();
    clearTimeout(this.#pause);
    const message = `Cannot read task ${this.#source.rows.count}: the tasks threw`;
    const { failure } = this.#source;
    const error =
      failure && new FanoutError("FANOUT_TASKS", message, { cause: failure.error, retryable: true });
    this.#outlet.end({ failure: error, abort: this.#abort });
  }
}

function isThenable<R>(value: R | PromiseLike<R>): value is PromiseLike<R> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return typeof (value as Partial<PromiseLike<R>>).then === "function";
}
