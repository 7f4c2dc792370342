import type { HarnessStore } from "@executus/harness";
import { postgresStore } from "@executus/store-postgres";
import { openSqliteStore } from "@executus/store-sqlite";
import { Pool } from "pg";
import { laneName, type StoreAddress } from "../plan/worker-order.ts";
import { redisRows } from "../redis/redis-rows.ts";

export interface OpenStore {
  readonly store: HarnessStore;
  readonly close: () => Promise<void>;
}

export async function openStore(address: StoreAddress): Promise<OpenStore> {
  if (address.kind === "sqlite") {
    const store = await openSqliteStore({ file: address.file });
    return { store, close: () => store.close() };
  }
  if (address.kind === "redis") {
    const { rows, close } = redisRows(address.url, `${address.prefix}:${laneName}:`);
    // It is only asked where jobs stand.
    return { store: rows as HarnessStore, close: async () => close() };
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
