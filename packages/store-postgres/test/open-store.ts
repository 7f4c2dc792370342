import { Pool, type PoolConfig } from "pg";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { postgresStore, type PostgresStore } from "../src/index.ts";
import { createPostgres, type Server } from "./server/server.ts";

/** Starts a server before the tests of a file and removes it after them. */
export function useServer(): { readonly server: () => Server; readonly url: () => string } {
  let running: Server | undefined;
  const server = (): Server => {
    if (!running) throw new Error("The server is not running yet");
    return running;
  };
  beforeAll(async () => {
    running = await createPostgres();
  });
  afterAll(() => running?.remove());
  return { server, url: () => server().url };
}

let schemaCount = 0;

/** A schema that no other test has. */
export function uniqueSchema(): string {
  return `test_${(schemaCount += 1)}`;
}

export interface Opened {
  readonly store: PostgresStore;
  readonly pool: Pool;
  readonly schema: string;
}

/** A store with a pool of its own, both closed when the test ends. */
export function openStore(url: string, schema = uniqueSchema(), config: PoolConfig = {}): Opened {
  const pool = new Pool({ connectionString: url, ...config });
  const store = postgresStore({ pool, schema });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  return { store, pool, schema };
}
