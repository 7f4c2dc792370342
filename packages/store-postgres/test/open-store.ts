import { Client, Pool, type PoolConfig } from "pg";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import type {
  NewDelivery,
  NewJobRow,
  NewRun,
  PostgresClient,
  PostgresPool,
  PostgresStore,
} from "../src/index.ts";
import { postgresStore } from "../src/index.ts";
import { createPostgres, type PostgresServer } from "./internal/postgres-server.ts";

/** Starts a server before the tests of a file and removes it after them. */
export function useServer(): { readonly server: () => PostgresServer; readonly url: () => string } {
  let running: PostgresServer | undefined;
  const server = (): PostgresServer => {
    if (!running) throw new Error("The server is not running yet");
    return running;
  };
  beforeAll(async () => {
    running = await createPostgres();
  });
  afterAll(() => running?.remove());
  return { server, url: () => server().url };
}

/** A store, and the functions and tables that its statements were sent to, in order. */
export interface Watched {
  readonly store: PostgresStore;
  readonly sent: string[];
}

export async function openWatched(url: string): Promise<Watched> {
  const sent: string[] = [];
  const schema = unique("schema");
  const pool = watchedPool(openPool(url), (text) => {
    sent.push(/"schema_\d+"\.(\w+)/.exec(text)?.[1] ?? text);
  });
  const store = closing(postgresStore({ pool, schema }));
  await store.migrate();
  sent.length = 0;
  return { store, sent };
}

let nameCount = 0;

/** A name that no other test of the file has. */
export function unique(kind: string): string {
  return `${kind}_${(nameCount += 1)}`;
}

export interface Opened {
  readonly store: PostgresStore;
  readonly pool: Pool;
  readonly schema: string;
}

export interface OpenOptions extends PoolConfig {
  readonly schema?: string;
  readonly timeoutMs?: number;
}

/** A store in a schema of its own, with a pool of its own; both are closed when the test ends. */
export function openStore(url: string, options: OpenOptions = {}): Opened {
  const { schema = unique("schema"), timeoutMs, ...config } = options;
  const pool = openPool(url, config);
  return { store: closing(postgresStore({ pool, schema, timeoutMs })), pool, schema };
}

/** Closed when the test ends: after the stores, which were opened later. */
export function openPool(url: string, config: PoolConfig = {}): Pool {
  const pool = new Pool({ connectionString: url, ...config });
  onTestFinished(async () => {
    // The next test may stop the server while these connections are on their way out.
    pool.on("error", () => {});
    await pool.end();
  });
  return pool;
}

export function closing(store: PostgresStore): PostgresStore {
  onTestFinished(() => store.close());
  return store;
}

/** A connection beside the store, for what an administrator does. */
export async function openClient(url: string): Promise<Client> {
  const client = new Client(url);
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** The pool, with every statement told to `onQuery` first. */
export function watchedPool(pool: Pool, onQuery: (text: string) => void): PostgresPool {
  return {
    async connect(): Promise<PostgresClient> {
      const client: PostgresClient = await pool.connect();
      return {
        query: async (text, values) => {
          onQuery(text);
          return await client.query(text, values);
        },
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
        release: (broken) => client.release(broken),
      };
    },
  };
}

/** Waits, by asking, until a statement with these words waits for a lock or sleeps, and gives its backend's process. */
export async function untilBlocked(url: string, words: string): Promise<number> {
  // Of its own: within a transaction the server shows one picture, again and again.
  const client = new Client(url);
  await client.connect();
  try {
    for (;;) {
      const text =
        "select pid from pg_stat_activity where wait_event_type in ('Lock', 'Timeout') and strpos(query, $1) > 0";
      const { rows } = await client.query<{ pid: number }>(text, [words]);
      if (rows[0]) return rows[0].pid;
    }
  } finally {
    await client.end();
  }
}

/** Why a call was rejected; listened to from now on, looked at when something else has been done. */
export function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "it was not rejected",
    (error: unknown) => error,
  );
}

export function newJob(fields: Partial<NewJobRow> = {}): NewJobRow {
  const metadata = new Uint8Array([1, 2, 3]);
  return { jobId: unique("job"), lane: "llm", owner: "owner-1", priority: 0, weight: 1, metadata, ...fields };
}

export function newRun(fields: Partial<NewRun> = {}): NewRun {
  const runId = fields.runId ?? unique("run");
  return { runId, rootRunId: runId, agent: "reviewer", caller: "ada", input: "1", details: "{}", ...fields };
}

export function newDelivery(fields: Partial<NewDelivery> = {}): NewDelivery {
  const key = fields.key ?? unique("delivery");
  return { key, messageKey: key, channel: "chat", digest: "d", content: "{}", ...fields };
}
