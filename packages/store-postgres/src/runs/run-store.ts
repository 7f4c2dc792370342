import type { Database } from "../database/database.ts";
import { appendEventsBatch } from "./append-events.ts";
import {
  checkCell,
  checkEnd,
  checkEventList,
  checkEvents,
  checkFilter,
  checkNewRun,
  checkPurge,
  checkResult,
  checkRunId,
  checkRunIds,
} from "./check-run.ts";
import { createRunsBatch } from "./create-runs.ts";
import { endRunsBatch } from "./end-runs.ts";
import { getRun } from "./get-run.ts";
import { listCells } from "./list-cells.ts";
import { listEvents } from "./list-events.ts";
import { listRuns } from "./list-runs.ts";
import { purgeRuns } from "./purge-runs.ts";
import { putCellsBatch } from "./put-cells.ts";
import { listCancels, requestCancel } from "./run-cancels.ts";
import { recordResultsBatch } from "./record-results.ts";
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

/** The runs of any number of agents: the methods that a harness asks of its store. */
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

/** Checks what it is given, then hands it on before the first `await`, so that calls keep their order. */
export function runStore(database: Database): RunStore {
  const creates = createRunsBatch(database);
  const results = recordResultsBatch(database);
  const ends = endRunsBatch(database);
  const appends = appendEventsBatch(database);
  const puts = putCellsBatch(database);
  return {
    async createRun(run) {
      checkNewRun(run);
      return database.call("Cannot create run", () => creates.add({ ...run }));
    },
    async getRun(runId) {
      checkRunId(runId, "Cannot get run");
      return database.call("Cannot get run", () => getRun(database, runId));
    },
    async listRuns(filter = {}) {
      checkFilter(filter);
      return database.call("Cannot list runs", () => listRuns(database, filter));
    },
    async recordRunResult(runId, result) {
      checkResult(runId, result);
      return database.call("Cannot record result", () => results.add({ runId, result }));
    },
    async endRun(end) {
      checkEnd(end);
      const { runId, state, failure } = end;
      return database.call("Cannot end run", () =>
        ends.add({ runId, state, failure: failure && { ...failure } }),
      );
    },
    async requestRunCancel(runId) {
      checkRunId(runId, "Cannot request cancel");
      return database.call("Cannot request cancel", () => requestCancel(database, runId));
    },
    async listRunCancels(runIds) {
      checkRunIds(runIds);
      const given = [...runIds];
      return database.call("Cannot list cancels", () => listCancels(database, given));
    },
    async appendRunEvents(runId, events) {
      checkEvents(runId, events);
      return database.call("Cannot append events", () => appends.add({ runId, events: [...events] }));
    },
    async listRunEvents(runId, options = {}) {
      checkEventList(runId, options);
      return database.call("Cannot list events", () => listEvents(database, runId, options));
    },
    async putRunCell(runId, stored) {
      checkCell(runId, stored);
      const { cell, value } = stored;
      return database.call("Cannot put cell", () => puts.add({ runId, cell, value }));
    },
    async listRunCells(runId) {
      checkRunId(runId, "Cannot list cells");
      return database.call("Cannot list cells", () => listCells(database, runId));
    },
    async purgeRuns(purge) {
      checkPurge(purge);
      return database.call("Cannot purge runs", () => purgeRuns(database, { ...purge }));
    },
  };
}
