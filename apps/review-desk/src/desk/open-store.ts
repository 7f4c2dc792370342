import type { OutboxStore } from "@executus/deliver/outbox";
import type { HarnessStore } from "@executus/harness";
import { openSqliteStore, StoreError } from "@executus/store-sqlite";
import { UsageError } from "../usage-error.ts";

/** All that the desk keeps, in one place: jobs, runs, events, cells, deliveries and files. */
export interface DeskStore extends Omit<HarnessStore, keyof OutboxStore>, OutboxStore {
  /** Takes no more calls, and finishes those that were made. */
  close(): Promise<void>;
}

/**
 * Opens the store that the setting names: the path of a SQLite file.
 *
 * @throws {UsageError} naming the setting.
 */
export async function openStore(named: string): Promise<DeskStore> {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(named)) {
    throw new UsageError("Cannot open the store: it must be the path of a file");
  }
  try {
    return await openSqliteStore({ file: named });
  } catch (error) {
    if (!(error instanceof StoreError || error instanceof TypeError)) throw error;
    throw new UsageError(`Cannot open the store ${JSON.stringify(named)}: ${error.message}`, {
      cause: error,
    });
  }
}

/** Where the overrides of an admin lie: beside the store. */
export function overridesPath(named: string): string {
  return `${named}.overrides.json`;
}
