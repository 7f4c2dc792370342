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
    const client = await connect(pool, timeout);
    let broken = false;
    try {
      return (await timeout.race(client.query(text, values))).rows;
    } catch (error) {
      broken = values === undefined || isBroken(error);
      throw error;
    } finally {
      // A broken one keeps its listener: it may break more than once on its way out.
      if (!broken) client.off("error", ignore);
      client.release(broken);
    }
  } finally {
    timeout.stop();
  }
}

async function connect(pool: PostgresPool, timeout: Timeout): Promise<PostgresClient> {
  const connecting = pool.connect();
  try {
    const client = await timeout.race(connecting);
    // The pool listens to idle connections only: one that breaks while it is held must not end the process.
    client.on("error", ignore);
    return client;
  } catch (error) {
    connecting.then((late) => late.release(), ignore);
    throw error;
  }
}

interface Timeout {
  /** Rejects if the time is over first. */
  race<T>(work: Promise<T>): Promise<T>;
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
  return { race: (work) => Promise.race([work, over.promise]), stop: () => clearTimeout(timer) };
}

function ignore(): void {
  // The failure is told by the promise that the caller holds.
}
