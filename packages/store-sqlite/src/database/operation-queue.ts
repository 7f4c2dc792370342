import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.ts";
import { explainFailure, isLocked } from "./explain-failure.ts";
import { GroupCommit, type Operation } from "./group-commit.ts";
import { LockWait } from "./lock-wait.ts";
import type { LongWork, Work } from "./work.ts";

const maxOperations = 2_000;
/** The commit and what the answers set off come on top, and take about as long again each: together 5 ms. */
const maxWorkMs = 1.5;

export interface QueueOptions {
  /** For messages. */
  readonly file: string;
  readonly lockTimeoutMs: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** Called after a transaction that wrote, with the time that it took. */
  readonly onCommit: (tookMs: number) => void;
}

interface PendingOperation extends Operation {
  /** Of long work: what is still to do runs in a later transaction. */
  readonly add: LongWork<unknown, unknown>["add"] | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Prepared = Pick<LongWork<unknown, unknown>, "run"> & Partial<LongWork<unknown, unknown>>;

/**
 * Runs the work that is pending in order, as much as there is in one transaction, once in each turn of the event loop: a
 * group commit. A promise resolves when its transaction is committed. Knows nothing of what the work does.
 *
 * Work that fails takes its transaction with it, without a trace; what was in it then runs again, each in a transaction of
 * its own, so that only what cannot be done is rejected.
 */
export class OperationQueue {
  readonly #file: string;
  readonly #onCommit: (tookMs: number) => void;
  readonly #groupCommit: GroupCommit;
  readonly #lockWait: LockWait;
  #pending: PendingOperation[] = [];
  /** So many of the first ones run alone. */
  #aloneCount = 0;
  /** So many of the first ones were there when the wait for the lock began. */
  #waitingCount = 0;
  #isScheduled = false;
  #isHeld = false;
  #isClosed = false;
  #onDrained: (() => void) | undefined;

  constructor(database: DatabaseSync, { file, lockTimeoutMs, clock, onCommit }: QueueOptions) {
    this.#file = file;
    this.#onCommit = onCommit;
    this.#groupCommit = new GroupCommit(database, clock);
    this.#lockWait = new LockWait(lockTimeoutMs);
  }

  /** Queues what changes something. `prepare` is called at once; if it throws nothing is queued. */
  write<Result>(prepare: () => Work<Result>): Promise<Result> {
    return this.#add<Result>(false, () => ({ run: prepare() }));
  }

  /** Queues what only reads. It needs no lock, unless it comes behind something that does. */
  read<Result>(prepare: () => Work<Result>): Promise<Result> {
    return this.#add<Result>(true, () => ({ run: prepare() }));
  }

  writeInSteps<Part, Result>(prepare: () => LongWork<Part, Result>): Promise<Result> {
    return this.#add<Result>(false, prepare as () => LongWork<unknown, unknown>);
  }

  readInSteps<Part, Result>(prepare: () => LongWork<Part, Result>): Promise<Result> {
    return this.#add<Result>(true, prepare as () => LongWork<unknown, unknown>);
  }

  /** Begins no transaction until `release` is called. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    if (this.#pending.length > 0) this.#schedule();
  }

  /** Takes nothing more, and resolves when what is pending is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#pending.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
  }

  #add<Result>(isRead: boolean, prepare: () => Prepared): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      if (this.#isClosed) throw new StoreError("STORE_CLOSED", `Cannot use "${this.#file}": it is closed`);
      const { run, add } = prepare();
      this.#pending.push({ isRead, work: run, add, resolve: resolve as PendingOperation["resolve"], reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // A turn of the event loop each, not a microtask: timers and sockets get their turn between two transactions.
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#isHeld) return;
    // Kept for the turn: to get at the global one takes longer than to ask it.
    const watch = performance;
    const spentAt = watch.now() + maxWorkMs;
    const isSpent = (): boolean => watch.now() >= spentAt;
    let delayMs: number | undefined;
    do delayMs = this.#runSome(isSpent);
    while (delayMs === undefined && this.#aloneCount > 0 && !isSpent());
    if (this.#pending.length === 0) this.#onDrained?.();
    else if (delayMs === undefined) this.#schedule();
    else {
      this.#isScheduled = true;
      setTimeout(() => this.#flush(), delayMs);
    }
  }

  /** Gives the milliseconds to wait, if somebody else has the lock. */
  #runSome(isSpent: () => boolean): number | undefined {
    const startedAt = performance.now();
    const limits = { maxOperations: this.#aloneCount > 0 ? 1 : maxOperations, isSpent };
    const { results, isWrite, failure } = this.#groupCommit.run(this.#pending, limits);
    if (failure && isLocked(failure.error)) {
      // What was read before the lock was asked for is read.
      if (!isWrite) this.#settle(results);
      return this.#awaitLock(failure.error);
    }
    this.#lockWait.end();
    if (failure) this.#fail(failure.error, results.length);
    else {
      this.#settle(results);
      if (isWrite) this.#onCommit(performance.now() - startedAt);
    }
    return undefined;
  }

  #settle(results: readonly unknown[]): void {
    const operations = this.#take(results.length);
    for (let index = 0; index < operations.length; index += 1) {
      const operation = operations[index] as PendingOperation;
      const { add, resolve } = operation;
      const result = add ? add(results[index]) : results[index];
      // At the end of the queue: whoever came meanwhile does not wait for all of it.
      if (add && result === undefined) this.#pending.push(operation);
      else resolve(result);
    }
  }

  /** What failed alone is rejected; what failed together is tried again alone. */
  #fail(error: unknown, doneCount: number): void {
    // The one that threw counts too; if it was the commit there is none.
    const triedCount = Math.min(doneCount + 1, this.#pending.length);
    if (triedCount > 1 && this.#aloneCount === 0) this.#aloneCount = triedCount;
    else this.#take(1)[0]?.reject(explainFailure(error, "use", this.#file));
  }

  #awaitLock(error: unknown): number | undefined {
    if (!this.#lockWait.isWaiting) this.#waitingCount = this.#pending.length;
    const delayMs = this.#lockWait.nextDelayMs();
    if (delayMs !== undefined) return delayMs;
    this.#lockWait.end();
    const failure = explainFailure(error, "write to", this.#file);
    for (const { reject } of this.#take(this.#waitingCount)) reject(failure);
    return undefined;
  }

  /** The first ones, which are not pending any more. */
  #take(count: number): PendingOperation[] {
    this.#aloneCount = Math.max(0, this.#aloneCount - count);
    this.#waitingCount = Math.max(0, this.#waitingCount - count);
    return this.#pending.splice(0, count);
  }
}
