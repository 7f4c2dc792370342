import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Transaction, Work } from "./work.ts";

export interface Operation {
  readonly isRead: boolean;
  readonly work: Work<unknown>;
}

/** What came of one transaction. */
export interface Attempt {
  /** Of the operations that were done, in their order. If it failed: of those that had been done until then. */
  readonly results: readonly unknown[];
  /** If there was something to commit, or to roll back. */
  readonly isWrite: boolean;
  /** Why everything that was written was rolled back. */
  readonly failure?: { readonly error: unknown } | undefined;
}

export interface AttemptLimits {
  readonly maxOperations: number;
  readonly isSpent: () => boolean;
}

/** Runs operations in one transaction, which begins before the first that writes. */
export class GroupCommit {
  readonly #database: DatabaseSync;
  readonly #clock: () => number;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;

  constructor(database: DatabaseSync, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  /** Runs as many of the operations as the limits allow, at least one. Throws nothing. */
  run(operations: Iterable<Operation>, { maxOperations, isSpent }: AttemptLimits): Attempt {
    const results: unknown[] = [];
    let isWrite = false;
    try {
      const transaction: Transaction = { at: Math.floor(this.#clock()), isSpent };
      for (const { isRead, work } of operations) {
        if (!isRead && !isWrite) {
          this.#begin.run();
          isWrite = true;
        }
        results.push(work(transaction));
        if (results.length === maxOperations || isSpent()) break;
      }
      if (isWrite) this.#commit.run();
    } catch (error) {
      this.#rollBack();
      return { results, isWrite, failure: { error } };
    }
    return { results, isWrite };
  }

  #rollBack(): void {
    try {
      this.#database.exec("ROLLBACK");
    } catch {
      // There is none to roll back: it never began, or SQLite did it already.
    }
  }
}
