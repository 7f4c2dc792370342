/**
 * Lanes that survive a restart.
 *
 * @module
 */
export type { PersistedLane, PersistOptions } from "./persisted/persist-options.ts";
export { persistLane } from "./persisted/persist-lane.ts";
export type { PersistedEvent } from "./persisted/persisted-events.ts";
export type { Reconstruct, RecoveryReport } from "./persisted/recovery.ts";
export type { RunFunction } from "./persisted/held-job.ts";
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
  PersistenceStore,
  Purge,
} from "./persisted/persistence-store.ts";
export { memoryStore } from "./persisted/memory-store.ts";
export type { MemoryStoreOptions } from "./persisted/memory-store.ts";
export type { Sweeper, SweeperOptions } from "./persisted/sweeper.ts";
export { createSweeper } from "./persisted/sweeper.ts";
