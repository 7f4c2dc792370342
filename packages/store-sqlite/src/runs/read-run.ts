import type { RunRow } from "../internal/run.ts";
import { readState } from "./run-state.ts";

/** The columns of a run, for `readRun`. */
export const columns: string =
  "sequence, run_id, root_run_id, parent_run_id, state, agent, caller, key, created_at, ended_at, failure_code, " +
  "failure_message, input, details, result, cancel_requested";

interface StoredRun {
  readonly sequence: number;
  readonly run_id: string;
  readonly root_run_id: string;
  readonly parent_run_id: string | null;
  readonly state: number;
  readonly agent: string;
  readonly caller: string;
  readonly key: string | null;
  readonly created_at: number;
  readonly ended_at: number | null;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly input: string;
  readonly details: string;
  readonly result: string | null;
  readonly cancel_requested: number;
}

/** A run from a row with `columns`. */
export function readRun(stored: unknown): RunRow {
  const row = stored as StoredRun;
  const { failure_code: code, failure_message: message } = row;
  return {
    runId: row.run_id,
    rootRunId: row.root_run_id,
    parentRunId: row.parent_run_id ?? undefined,
    agent: row.agent,
    caller: row.caller,
    key: row.key ?? undefined,
    input: row.input,
    details: row.details,
    sequence: row.sequence,
    state: readState(row.state),
    result: row.result ?? undefined,
    failure: code === null || message === null ? undefined : { code, message },
    cancelRequested: row.cancel_requested === 1 ? true : undefined,
    createdAt: row.created_at,
    endedAt: row.ended_at ?? undefined,
  };
}
