import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Transaction } from "./work.ts";

/**
 * Numbers the rows of a table in order of acceptance. Not by AUTOINCREMENT, which writes to a second table for every row: all that could
 * bring a number back is a purge of the last rows, and that leaves a mark.
 */
export class Sequences {
  readonly #last: StatementSync;
  readonly #mark: StatementSync;
  #transaction: Transaction | undefined;
  #next = 0;

  /** The counter is the highest sequence that a purge has deleted from the table. */
  constructor(database: DatabaseSync, table: "jobs" | "runs" | "deliveries", counter: string) {
    this.#last = database.prepare(
      `SELECT max(
         ifnull((SELECT max(sequence) FROM ${table}), 0),
         ifnull((SELECT value FROM counters WHERE name = '${counter}'), 0)
       ) AS last`,
    );
    this.#mark = database.prepare(
      `INSERT INTO counters (name, value) SELECT '${counter}', max(sequence) FROM ${table} WHERE true
       ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
    );
  }

  /** The next number. It is used up by `advance` only: one that was not needed leaves no gap. */
  next(transaction: Transaction): number {
    // Other processes write between two transactions, and only then.
    if (this.#transaction !== transaction) {
      this.#next = Number(this.#last.get()?.["last"]) + 1;
      this.#transaction = transaction;
    }
    return this.#next;
  }

  advance(): void {
    this.#next += 1;
  }

  /** Before rows are deleted. */
  mark(): void {
    this.#mark.run();
  }
}
