import { join } from "node:path";
import { createLane } from "@executus/lane";
import { persistLane, type PersistenceStore } from "@executus/lane/persisted";
import { openSqliteStore, type SqliteStoreOptions } from "@executus/store-sqlite";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import type { DurableContestant, DurableQueue } from "./durable-contestant.ts";

/** Ours on a file. */
export function laneOnSqlite(durability: NonNullable<SqliteStoreOptions["durability"]>): DurableContestant {
  return {
    name: `persistLane on SQLite, ${durability}`,
    kind: "ours",
    open: async (maxConcurrent) => {
      const folder = await makeTemporaryFolder();
      const store = await openSqliteStore({ file: join(folder, "jobs.db"), durability });
      return queueOn(store, maxConcurrent, async () => {
        await store.close();
        await removeTemporaryFolder(folder);
      });
    },
  };
}

/** A persisted lane on a store, which `closeStore` closes. */
export function queueOn(
  store: PersistenceStore,
  maxConcurrent: number,
  closeStore: () => Promise<void>,
): DurableQueue {
  const lane = persistLane(createLane({ name: "bench", maxConcurrent }), store);
  return {
    add: (work, { id, metadata }) => lane.submitWait({ id, metadata, run: work }),
    close: async () => {
      await lane.close();
      await closeStore();
    },
  };
}
