/// <reference lib="esnext.disposable" preserve="true" />
/**
 * Keeps jobs and runs in PostgreSQL, for several processes on one database.
 *
 * @module
 */
export type { PostgresClient, PostgresPool, PostgresResult } from "./database/pool.ts";
export type { StoreErrorCode, StoreErrorDetails } from "./errors.ts";
export { StoreError } from "./errors.ts";
export type { Adoption, Lease } from "./jobs/adopt-jobs.ts";
export type { Enqueued } from "./jobs/enqueue-jobs.ts";
export type { JobStore } from "./jobs/job-store.ts";
export type { ListOptions } from "./jobs/list-jobs.ts";
export type { JobMove, Moved } from "./jobs/move-jobs.ts";
export type { Purge } from "./jobs/purge-jobs.ts";
export type { JobRow, PersistedState, NewJobRow } from "./jobs/rows.ts";
export type { CreatedRun, NewRun, RunEnd, RunFailure, RunFilter, RunRow, RunState } from "./runs/run.ts";
export type { EventListOptions, RunPurge, StoredCell, StoredRunEvent } from "./runs/run.ts";
export type { RunStore } from "./runs/run-store.ts";
export type { PostgresStore, PostgresStoreOptions } from "./postgres-store.ts";
export { postgresStore } from "./postgres-store.ts";
