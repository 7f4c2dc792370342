import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../errors.ts";
import { findObstacle } from "./check-permissions.ts";
import { explainFailure, isLocked } from "./explain-failure.ts";
import { LockWait } from "./lock-wait.ts";
import { checkSchema, migrate, type Migrations } from "./migrate.ts";

/** What survives of what was answered: the end of the process, or also that of the machine's power. */
export type Durability = "process" | "power";

export interface OpenOptions {
  /** An absolute path. */
  readonly file: string;
  readonly durability: Durability;
  readonly lockTimeoutMs: number;
  readonly migrations: Migrations;
}

/**
 * Opens the file, makes it if it is missing, and brings its schema up to date. Waits for locks beside the event loop.
 *
 * @throws {StoreError} for what is wrong with the file, also where `use`, which comes last, meets it.
 */
export async function openDatabase<Result>(
  options: OpenOptions,
  use: (database: DatabaseSync) => Result,
): Promise<Result> {
  const { file, lockTimeoutMs } = options;
  // Not at the top: some versions of Node warn when it is loaded, and whoever only imports this package opens nothing.
  const { DatabaseSync: Database } = await import("node:sqlite");
  const wait = new LockWait(lockTimeoutMs);
  // Whoever may only read would learn it at the first job.
  const obstacle = findObstacle(file);
  if (obstacle) throw obstacle;
  for (;;) {
    let database: DatabaseSync | undefined;
    try {
      database = new Database(file);
      prepareDatabase(database, options);
      return use(database);
    } catch (error) {
      database?.close();
      const delayMs = isLocked(error) ? wait.nextDelayMs() : undefined;
      if (delayMs === undefined) throw explainFailure(error, "open", file);
      await sleep(delayMs);
    }
  }
}

/** The settings of a connection, for each one that writes. */
export function settingsOf(durability: Durability): string {
  const settings = "PRAGMA busy_timeout = 0; PRAGMA synchronous = ";
  // Where a plain sync leaves data in the drive's own memory, macOS, a full one does not. Elsewhere it means nothing.
  return settings + (durability === "power" ? "FULL; PRAGMA fullfsync = ON" : "NORMAL");
}

function prepareDatabase(database: DatabaseSync, { file, durability, migrations }: OpenOptions): void {
  database.exec("PRAGMA busy_timeout = 0");
  checkSchema(database, file, migrations);
  const { journal_mode: mode } = database.prepare("PRAGMA journal_mode = WAL").get() ?? {};
  if (mode !== "wal") {
    throw new StoreError("STORE_FAILED", `Cannot open "${file}": there can be no write-ahead log beside it`);
  }
  database.exec(settingsOf(durability));
  migrate(database, file, migrations);
}
