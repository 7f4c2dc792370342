/**
 * Keeps the jobs of persisted lanes in one SQLite file: nothing to install, nothing to run, and several processes may share it.
 *
 * @module
 */
export type { Durability } from "./database/open-database.ts";
export type { StoreErrorCode } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type {
  Adoption,
  Enqueued,
  JobMove,
  JobRow,
  Lease,
  ListOptions,
  Moved,
  NewJobRow,
  PersistedState,
  Purge,
} from "./jobs/job.ts";
export type { SqliteStore, SqliteStoreOptions } from "./open-sqlite-store.ts";
export { openSqliteStore } from "./open-sqlite-store.ts";
