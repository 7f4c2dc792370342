import { join } from "node:path";
import { createLane } from "@executus/lane";
import { type PersistedLane, persistLane, type RunFunction } from "@executus/lane/persisted";
import { openSqliteStore, type SqliteStoreOptions } from "@executus/store-sqlite";
import { makeTemporaryFolder, removeTemporaryFolder } from "../measure/temporary-folder.ts";
import type { DurableContestant } from "./durable-contestant.ts";

export interface StoredLaneOptions {
  /** 0 holds every job. */
  readonly maxConcurrent: number;
  /** @default "process" */
  readonly durability?: SqliteStoreOptions["durability"];
  /** Writes the database before it is opened. */
  readonly prepare?: ((file: string) => Promise<void>) | undefined;
  /** What a job does that was found in the database. */
  readonly found?: RunFunction | undefined;
}

export interface StoredLane {
  readonly lane: PersistedLane;
  /** Closes lane and store, and removes the database. */
  readonly close: () => Promise<void>;
}

export const laneName = "bench";

/** Ours on a file of its own. */
export async function openStoredLane(options: StoredLaneOptions): Promise<StoredLane> {
  const { maxConcurrent, durability, prepare, found } = options;
  const folder = await makeTemporaryFolder();
  const file = join(folder, "jobs.db");
  await prepare?.(file);
  const store = await openSqliteStore({ file, durability });
  const lane = persistLane(createLane({ name: laneName, maxConcurrent }), store, {
    reconstruct: () => found,
  });
  const close = async (): Promise<void> => {
    await lane.close();
    await store.close();
    await removeTemporaryFolder(folder);
  };
  return { lane, close };
}

export function laneOnSqlite(durability: NonNullable<SqliteStoreOptions["durability"]>): DurableContestant {
  return {
    name: `persistLane on SQLite, ${durability}`,
    kind: "ours",
    open: async (maxConcurrent) => {
      const { lane, close } = await openStoredLane({ maxConcurrent, durability });
      return { add: (work, { id, metadata }) => lane.submitWait({ id, metadata, run: work }), close };
    },
  };
}
