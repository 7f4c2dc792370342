import { StoreError } from "../errors.ts";
import { describeFailure, isConflict } from "./failure.ts";
import { quoteIdentifier } from "./identifier.ts";
import type { PostgresPool } from "./pool.ts";
import { Schema } from "./schema.ts";
import { runStatement } from "./statement.ts";

/** How often a statement is tried that the server undoes for the sake of another. */
const maxTries = 10;

export interface DatabaseOptions {
  readonly pool: PostgresPool;
  readonly schema: string;
  readonly timeoutMs: number;
  /** What brings the tables from one version to the next, in order. */
  readonly migrations: readonly string[];
}

/** Runs statements in one schema of one database. Knows nothing of what is stored. */
export class Database {
  /** Quoted, to stand before the name of a table or function. */
  readonly schema: string;
  readonly #pool: PostgresPool;
  readonly #timeoutMs: number;
  readonly #tables: Schema;
  #openCount = 0;
  #isClosed = false;
  /** One of its own, so that taking it away twice takes away nobody else's. Who uses a connection is told by a rejection. */
  readonly #ignore = (): void => {};
  readonly #drained = Promise.withResolvers<void>();

  constructor({ pool, schema, timeoutMs, migrations }: DatabaseOptions) {
    this.schema = quoteIdentifier(schema);
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    this.#tables = new Schema(schema, migrations, (action, text, values) => this.#run(action, text, values));
    // The pool replaces an idle connection that breaks. If nobody listened, it would end the process.
    pool.on?.("error", this.#ignore);
  }

  /** Counts a call as open until it settles, so that `close` can wait for it. */
  async call<T>(action: string, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed)
      throw new StoreError("STORE_CLOSED", `${action}: the store is closed`, { retryable: false });
    this.#openCount += 1;
    try {
      return await work();
    } finally {
      this.#openCount -= 1;
      this.#settle();
    }
  }

  /** Brings the tables to this version, once. */
  migrate(): Promise<void> {
    return this.#tables.ready();
  }

  /** Runs one statement, by itself one transaction: none is ever open while this process thinks, stands still or dies. */
  async run<Row>(action: string, text: string, values: unknown[]): Promise<readonly Row[]> {
    await this.#tables.ready();
    return (await this.#run(action, text, values)) as readonly Row[];
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#settle();
    return this.#drained.promise;
  }

  #settle(): void {
    if (!this.#isClosed || this.#openCount > 0) return;
    this.#pool.off?.("error", this.#ignore);
    // Their callers hear of it first.
    setImmediate(this.#drained.resolve);
  }

  async #run(action: string, text: string, values?: unknown[]): Promise<readonly unknown[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await runStatement(this.#pool, { action, text, values, timeoutMs: this.#timeoutMs });
      } catch (error) {
        if (tries >= maxTries || !isConflict(error)) throw describeFailure(action, error);
      }
    }
  }
}
