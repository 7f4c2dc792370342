import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

interface Call {
  readonly statement: StatementSync;
  readonly parameters: readonly SQLInputValue[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Runs all statements of a turn of the event loop in one transaction: the least that several writers have to pay. */
export class GroupCommit {
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  #pending: Call[] = [];

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  /** Settles once the statement is committed. It has to change one row. */
  run(statement: StatementSync, ...parameters: readonly SQLInputValue[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ statement, parameters, resolve, reject });
      if (this.#pending.length === 1) setImmediate(() => this.#flush());
    });
  }

  #flush(): void {
    const calls = this.#pending;
    this.#pending = [];
    try {
      this.#begin.run();
      for (const { statement, parameters } of calls) {
        const { changes } = statement.run(...parameters);
        if (changes !== 1) throw new Error(`Cannot measure: a statement changed ${changes} rows`);
      }
      this.#commit.run();
      for (const { resolve } of calls) resolve();
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
