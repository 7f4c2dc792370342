import { persistenceStoreConformance } from "@executus/lane/conformance";
import { Pool } from "pg";
import { test } from "vitest";
import { postgresStore, type PostgresStore } from "../src/index.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();

persistenceStoreConformance(test, async () => {
  const opened: { readonly pool: Pool; readonly store: PostgresStore }[] = [];
  const open = async (): Promise<PostgresStore> => {
    const pool = new Pool({ connectionString: url() });
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
});
