import { StoreError } from "../errors.ts";
import { isBroken } from "./failure.ts";
import type { PostgresClient, PostgresPool } from "./pool.ts";

export interface Statement {
  /** What it is for, for messages: `"Cannot enqueue jobs"`. */
  readonly action: string;
  readonly text: string;
  /** Without them it may be several statements, with one answer. */
  readonly values?: unknown[] | undefined;
  /** How long to wait for a connection and the answer together. */
  readonly timeoutMs: number;
}

/**
 * Runs one statement on a connection of the pool, and gives the connection back or has it closed.
 *
 * @throws what the driver or the server said, or a `StoreError` once the time is over.
 */
export async function runStatement(pool: PostgresPool, statement: Statement): Promise<readonly unknown[]> {
  const { text, values } = statement;
  const timeout = startTimeout(statement);
  try {
    const connecting = pool.connect();
    const client = await timeout.race(
      connecting,
      () => void connecting.then((late) => late.release(), ignore),
    );
    // The pool listens to idle connections only: one that breaks while it is held must not end the process.
    client.on("error", ignore);
    try {
      const { rows } = await timeout.race(client.query(text, values), ignore);
      giveBack(client, false);
      return rows;
    } catch (error) {
      giveBack(client, values === undefined || isBroken(error));
      throw error;
    }
  } finally {
    timeout.stop();
  }
}

function giveBack(client: PostgresClient, broken: boolean): void {
  if (!broken) client.off("error", ignore);
  client.release(broken);
}

interface Timeout {
  /** Rejects, and calls `onLate`, if the time is over first. */
  race<T>(work: Promise<T>, onLate: () => void): Promise<T>;
  stop(): void;
}

function startTimeout({ action, timeoutMs }: Statement): Timeout {
  if (timeoutMs === Number.POSITIVE_INFINITY) return { race: (work) => work, stop: ignore };
  const over = Promise.withResolvers<never>();
  over.promise.catch(ignore);
  const timer = setTimeout(() => {
    const message = `${action}: PostgreSQL did not answer within ${timeoutMs} ms`;
    over.reject(new StoreError("STORE_UNAVAILABLE", message, { retryable: true }));
  }, timeoutMs);
  return {
    race: (work, onLate) => {
      over.promise.catch(onLate);
      return Promise.race([work, over.promise]);
    },
    stop: () => clearTimeout(timer),
  };
}

function ignore(): void {
  // The failure is told by the promise that the caller holds.
}
