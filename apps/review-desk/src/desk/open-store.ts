import type { OutboxStore } from "@executus/deliver/outbox";
import type { HarnessStore } from "@executus/harness";
import { UsageError } from "../usage-error.ts";
import { isUrl, serverAddress } from "./server-address.ts";

/** All that the desk keeps, in one place: jobs, runs, events, cells, deliveries and files. */
export interface DeskStore extends Omit<HarnessStore, keyof OutboxStore>, OutboxStore {
  /** Takes no more calls, and finishes those that were made. */
  close(): Promise<void>;
}

/** What is kept, and what in PostgreSQL holds it. */
export interface StoreNames {
  /** The path of a SQLite file, or the URL of a PostgreSQL database. */
  readonly store: string;
  /** Of PostgreSQL: each schema is a store of its own. */
  readonly schema: string;
}

/**
 * Opens the store that the settings name. Its driver is loaded now: who needs none loads none.
 *
 * @throws {UsageError} naming the setting, without a password.
 */
export async function openStore({ store, schema }: StoreNames): Promise<DeskStore> {
  return isUrl(store) ? openPostgres(store, schema) : openSqlite(store);
}

/** Where the overrides of an admin lie if no setting says so: beside a file, else in the folder where the desk was started. */
export function overridesPath(store: string): string {
  return isUrl(store) ? "review-desk.overrides.json" : `${store}.overrides.json`;
}

async function openSqlite(file: string): Promise<DeskStore> {
  const { openSqliteStore, StoreError } = await import("@executus/store-sqlite");
  try {
    return await openSqliteStore({ file });
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof TypeError)) throw error;
    throw new UsageError(`Cannot open the store ${JSON.stringify(file)}: ${error.message}`, { cause: error });
  }
}

async function openPostgres(named: string, schema: string): Promise<DeskStore> {
  const { url, shown } = serverAddress("store", named, ["postgres", "postgresql"]);
  const [{ Pool }, { postgresStore, StoreError }] = await Promise.all([
    import("pg").then(({ default: pg }) => pg),
    import("@executus/store-postgres"),
  ]);
  const pool = new Pool({ connectionString: url, application_name: "review-desk" });
  // A connection that breaks while nobody uses it is no news: the next call opens another.
  pool.on("error", () => {});
  try {
    const store = postgresStore({ pool, schema });
    // Now, while whoever starts the desk looks.
    await store.migrate();
    return { ...store, close: () => closeBoth(store, pool) };
  } catch (error) {
    await pool.end();
    if (error instanceof RangeError || error instanceof TypeError)
      throw new UsageError(`Cannot use the setting "storeSchema": ${error.message}`, { cause: error });
    if (!(error instanceof StoreError)) throw error;
    throw new UsageError(`Cannot open the store "${shown}": ${error.message}`, { cause: error });
  }
}

async function closeBoth(store: Pick<DeskStore, "close">, pool: { end(): Promise<void> }): Promise<void> {
  try {
    await store.close();
  } finally {
    await pool.end();
  }
}
