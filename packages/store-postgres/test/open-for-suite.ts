import { Pool } from "pg";
import { postgresStore, type PostgresStore } from "../src/index.ts";

export interface OpenedForSuite {
  readonly store: PostgresStore;
  readonly second: () => Promise<PostgresStore>;
  readonly reopen: () => Promise<PostgresStore>;
  readonly close: () => Promise<void>;
}

/** A store in the schema that every test shares, as a conformance suite asks for it, each with a pool of its own. */
export async function openForSuite(url: string): Promise<OpenedForSuite> {
  const opened: { readonly pool: Pool; readonly store: PostgresStore }[] = [];
  const open = async (): Promise<PostgresStore> => {
    const pool = new Pool({ connectionString: url });
    const store = postgresStore({ pool });
    opened.push({ pool, store });
    return store;
  };
  const close = async ({ pool, store }: (typeof opened)[number]): Promise<void> => {
    await store.close();
    await pool.end();
  };
  return {
    store: await open(),
    second: open,
    reopen: async () => {
      for (const one of opened.splice(0)) await close(one);
      return open();
    },
    close: async () => {
      for (const one of opened) await close(one);
    },
  };
}
