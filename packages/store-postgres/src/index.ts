/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Keeps jobs, runs, deliveries and files in PostgreSQL, for several processes on one database.
 *
 * @module
 */
export type { PostgresClient, PostgresPool, PostgresResult } from "./database/pool.ts";
export type { StoreErrorCode, StoreErrorDetails } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type { DeliveryClaim, DeliveryFilter, DeliveryRow, DeliveryState } from "./internal/delivery.ts";
export type { NewDelivery, Recorded, Settlement } from "./internal/delivery.ts";
export type { PartClaim, PartPurge, PartStatus, ReceiptPart } from "./internal/part.ts";
export type { CreatedRun, NewRun, RunEnd, RunFailure, RunFilter, RunRow, RunState } from "./internal/run.ts";
export type { EventListOptions, RunPurge, StoredCell, StoredRunEvent } from "./internal/run.ts";
export type { Adoption, Lease } from "./jobs/adopt-jobs.ts";
export type { Enqueued } from "./jobs/enqueue-jobs.ts";
export type { JobStore } from "./jobs/job-store.ts";
export type { ListOptions } from "./jobs/list-jobs.ts";
export type { JobMove, Moved } from "./jobs/move-jobs.ts";
export type { Purge } from "./jobs/purge-jobs.ts";
export type { JobRow, PersistedState, NewJobRow } from "./jobs/rows.ts";
export type { RunStore } from "./runs/run-store.ts";
export type { PostgresStore, PostgresStoreOptions } from "./postgres-store.ts";
export { postgresStore } from "./postgres-store.ts";
