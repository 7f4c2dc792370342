import type { HarnessStore } from "@executus/harness";
import { postgresStore } from "@executus/store-postgres";
import { openSqliteStore } from "@executus/store-sqlite";
import { Pool } from "pg";
import type { StoreAddress } from "../plan/worker-order.ts";

export interface OpenStore {
  readonly store: HarnessStore;
  readonly close: () => Promise<void>;
}

export async function openStore(address: StoreAddress): Promise<OpenStore> {
  if (address.kind === "sqlite") {
    const store = await openSqliteStore({ file: address.file });
    return { store, close: () => store.close() };
  }
  const pool = new Pool({ connectionString: address.url, max: 3 });
  // Of idle connections: the next call finds another one.
  pool.on("error", () => {});
  const store = postgresStore({ pool, schema: address.schema });
  return {
    store,
    async close() {
      await store.close();
      await pool.end();
    },
  };
}
