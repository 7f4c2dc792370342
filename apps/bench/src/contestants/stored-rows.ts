import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { openSqliteStore, type SqliteStore } from "@executus/store-sqlite";
import { makeDurableOrders } from "../drivers/durable-orders.ts";
import { cacheFolders, type FolderCache } from "../measure/folder-cache.ts";
import type { DurableOrder } from "./durable-contestant.ts";
import { laneName } from "./stored-lane.ts";

const owner = "the process before";
const fileName = "jobs.db";
/** So many calls of the store are under way at a time. */
const batchSize = 2_000;

/** Databases with so many queued jobs of a process that has let go of them. */
export const queuedRows: FolderCache = cacheFolders((folder, count) =>
  withStore(folder, async (store) => {
    await enqueue(store, count);
    await store.releaseLease(laneName, owner);
  }),
);

/** Databases with so many jobs that have ended. */
export const endedRows: FolderCache = cacheFolders((folder, count) =>
  withStore(folder, async (store) => {
    await enqueue(store, count);
    const moves = [
      { from: "queued", to: "running" },
      { from: "running", to: "finished" },
    ] as const;
    for (const move of moves) {
      await inBatches(count, ({ id: jobId }) => store.updateJobState({ jobId, epoch: 1, ...move }));
    }
    await store.releaseLease(laneName, owner);
  }),
);

/** For `openStoredLane`. */
export function copyOf(folders: FolderCache, count: number): (file: string) => Promise<void> {
  return async (file) => copyFile(join(await folders.get(count), fileName), file);
}

async function withStore(folder: string, fill: (store: SqliteStore) => Promise<void>): Promise<void> {
  const store = await openSqliteStore({ file: join(folder, fileName) });
  await fill(store);
  // Leaves no log beside the file.
  await store.close();
}

async function enqueue(store: SqliteStore, count: number): Promise<void> {
  await inBatches(count, ({ id, metadata }) =>
    store.enqueueJob({ jobId: id, lane: laneName, owner, priority: 0, weight: 1, metadata }),
  );
}

async function inBatches(count: number, call: (order: DurableOrder) => Promise<unknown>): Promise<void> {
  const orders = makeDurableOrders(count, "old");
  for (let first = 0; first < count; first += batchSize) {
    await Promise.all(orders.slice(first, first + batchSize).map(call));
  }
}
