import { blobStore, type BlobStore } from "./blobs/blob-store.ts";
import { Database } from "./database/database.ts";
import { requireSchemaName } from "./database/identifier.ts";
import type { PostgresPool } from "./database/pool.ts";
import { deliveryStore, type DeliveryStore } from "./deliveries/delivery-store.ts";
import { requireKnown } from "./internal/known-options.ts";
import { show } from "./internal/show.ts";
import { jobStore, type JobStore } from "./jobs/job-store.ts";
import { migrations } from "./migrations.ts";
import { partStore, type PartStore } from "./parts/part-store.ts";
import { runStore, type RunStore } from "./runs/run-store.ts";

export interface PostgresStoreOptions {
  /** Where connections come from: a `Pool` of pg. The store never ends it. */
  readonly pool: PostgresPool;
  /** The schema that holds the tables; it is made if it is missing. Each is a store of its own. @default "executus" */
  readonly schema?: string | undefined;
  /**
   * How long a statement may take, the wait for a connection included, in milliseconds; then the call is rejected and the
   * connection closed. `Infinity` waits for ever. @default 30_000
   */
  readonly timeoutMs?: number | undefined;
}

/** A store in a PostgreSQL database, for any number of lanes, harnesses, outboxes and processes. */
export interface PostgresStore
  extends JobStore, RunStore, DeliveryStore, BlobStore, PartStore, AsyncDisposable {
  /**
   * Makes the tables, or brings them up to this version. Every call does so first, once; this is for whoever wants to do it
   * at a time, or in a role, of their own.
   */
  migrate(): Promise<void>;
  /** Refuses further calls and waits for the open ones. The pool stays open. */
  close(): Promise<void>;
}

/**
 * Makes a store. Nothing is asked of the server until the first call.
 *
 * @throws {TypeError} if an option is not of its kind.
 * @throws {RangeError} if `schema` or `timeoutMs` is out of its bounds.
 */
export function postgresStore(options: PostgresStoreOptions): PostgresStore {
  requireKnown(options, { pool: true, schema: true, timeoutMs: true }, `${action}: 'options'`);
  const { pool, schema = "executus", timeoutMs = 30_000 } = options;
  if (typeof pool?.connect !== "function") {
    throw new TypeError(`${action}: 'pool' must be a pool of pg: received ${typeof pool}`);
  }
  requireSchemaName(schema);
  requireTimeout(timeoutMs);
  const database = new Database({ pool, schema, timeoutMs, migrations });
  const close = (): Promise<void> => database.close();
  return {
    ...jobStore(database),
    ...runStore(database),
    ...deliveryStore(database),
    ...blobStore(database),
    ...partStore(database),
    migrate: () => database.call("Cannot migrate", () => database.migrate()),
    close,
    [Symbol.asyncDispose]: close,
  };
}

const action = "Cannot create postgres store";

/** The longest that a timer can wait. */
const maxTimeoutMs = 2 ** 31 - 1;

function requireTimeout(timeoutMs: number): void {
  const message = `${action}: 'timeoutMs' must be above 0, at most ${maxTimeoutMs} or Infinity: received ${show(timeoutMs)}`;
  if (typeof timeoutMs !== "number") throw new TypeError(message);
  if (timeoutMs === Number.POSITIVE_INFINITY) return;
  if (!(timeoutMs > 0 && timeoutMs <= maxTimeoutMs)) throw new RangeError(message);
}
