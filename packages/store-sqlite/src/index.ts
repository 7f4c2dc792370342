/**
 * Keeps the jobs of persisted lanes, the runs of a harness and what an outbox delivers in one SQLite file: nothing to install, nothing to run, and several processes may share it.
 *
 * @module
 */
export type { Durability } from "./database/open-database.ts";
export type { DeliveryClaim, DeliveryFilter, DeliveryRow, DeliveryState } from "./internal/delivery.ts";
export type { NewDelivery, Recorded, Settlement } from "./internal/delivery.ts";
export type { StoreErrorCode } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type { Adoption, Enqueued, JobMove, JobRow, Lease, ListOptions, Moved } from "./jobs/job.ts";
export type { NewJobRow, PersistedState, Purge } from "./jobs/job.ts";
export type { PartClaim, PartPurge, PartStatus, ReceiptPart } from "./internal/part.ts";
export type { CreatedRun, NewRun, RunEnd, RunFailure, RunFilter, RunRow, RunState } from "./internal/run.ts";
export type { EventListOptions, RunPurge, StoredCell, StoredRunEvent } from "./internal/run.ts";
export type { SqliteStore, SqliteStoreOptions } from "./open-sqlite-store.ts";
export { openSqliteStore } from "./open-sqlite-store.ts";
