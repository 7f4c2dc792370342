/**
 * Lanes that survive a restart.
 *
 * @module
 */
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
