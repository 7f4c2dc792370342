import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import { Sequences } from "../database/sequences.ts";
import { createCreateRun } from "./create-run.ts";
import { createListCancels, createRequestCancel } from "./run-cancels.ts";
import { createEndRun, createRecordResult } from "./end-run.ts";
import { createGetRun } from "./get-run.ts";
import { createListRuns } from "./list-runs.ts";
import { createPurgeRuns } from "./purge-runs.ts";
import type {
  CreatedRun,
  EventListOptions,
  NewRun,
  RunEnd,
  RunFilter,
  RunPurge,
  RunRow,
  StoredCell,
  StoredRunEvent,
} from "../internal/run.ts";
import { createListCells, createPutCell } from "./run-cells.ts";
import { createAppendEvents, createListEvents } from "./run-events.ts";

/** Keeps the runs of a harness: a `RunStore` of `@executus/harness`, where the contract is written. */
export interface RunStore {
  createRun(run: NewRun): Promise<CreatedRun>;
  getRun(runId: string): Promise<RunRow | undefined>;
  listRuns(filter?: RunFilter): Promise<RunRow[]>;
  recordRunResult(runId: string, result: string): Promise<boolean>;
  endRun(end: RunEnd): Promise<boolean>;
  requestRunCancel(runId: string): Promise<boolean>;
  listRunCancels(runIds: readonly string[]): Promise<string[]>;
  appendRunEvents(runId: string, events: readonly string[]): Promise<number>;
  listRunEvents(runId: string, options?: EventListOptions): Promise<StoredRunEvent[]>;
  putRunCell(runId: string, cell: StoredCell): Promise<boolean>;
  listRunCells(runId: string): Promise<StoredCell[]>;
  purgeRuns(purge: RunPurge): Promise<number>;
}

export function createRunStore(database: DatabaseSync, queue: OperationQueue): RunStore {
  const sequences = new Sequences(database, "runs", "run_sequence");
  const create = createCreateRun(database, sequences);
  const get = createGetRun(database);
  const list = createListRuns(database);
  const recordResult = createRecordResult(database);
  const end = createEndRun(database);
  const requestCancel = createRequestCancel(database);
  const listCancels = createListCancels(database);
  const append = createAppendEvents(database);
  const listEvents = createListEvents(database);
  const putCell = createPutCell(database);
  const listCells = createListCells(database);
  const purge = createPurgeRuns(database, sequences);

  return {
    createRun: (run) => queue.write(() => create(run)),
    getRun: (runId) => queue.read(() => get(runId)),
    listRuns: (filter = {}) => queue.readInSteps(() => list(filter)),
    recordRunResult: (runId, result) => queue.write(() => recordResult(runId, result)),
    endRun: (given) => queue.write(() => end(given)),
    requestRunCancel: (runId) => queue.write(() => requestCancel(runId)),
    listRunCancels: (runIds) => queue.read(() => listCancels(runIds)),
    appendRunEvents: (runId, events) => queue.write(() => append(runId, events)),
    listRunEvents: (runId, options = {}) => queue.readInSteps(() => listEvents(runId, options)),
    putRunCell: (runId, cell) => queue.write(() => putCell(runId, cell)),
    listRunCells: (runId) => queue.readInSteps(() => listCells(runId)),
    purgeRuns: (given) => queue.writeInSteps(() => purge(given)),
  };
}
