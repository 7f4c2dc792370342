/**
 * Agents that serve real people: lanes, guard, files, delivery, identity and progress put together.
 *
 * @module
 */
export { memoryRunStore } from "./memory-run-store.ts";
export type {
  CreatedRun,
  EventListOptions,
  NewRun,
  RunEnd,
  RunFailure,
  RunFilter,
  RunPurge,
  RunRow,
  RunState,
  RunStore,
  StoredCell,
  StoredRunEvent,
} from "./run-store.ts";
