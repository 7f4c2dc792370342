import { milliseconds } from "../database/instants.ts";
import type { RunRow, RunState } from "../internal/run.ts";

/** A run as the server sends it: `runColumns`, all of them text. */
export interface RunRecord {
  readonly run_id: string;
  readonly sequence: string;
  readonly root_run_id: string;
  readonly parent_run_id: string | null;
  readonly state: RunState;
  readonly agent: string;
  readonly caller: string;
  readonly key: string | null;
  readonly input: string;
  readonly details: string;
  readonly result: string | null;
  readonly cancel_requested: string;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** As text, since the user of the pool may have set parsers of their own for every other type. */
export const runColumns: string = `run_id, sequence::text, root_run_id, parent_run_id, state, agent, caller, key, input, details,
  result, failure_code, failure_message, cancel_requested::text, ${milliseconds("created_at")}, ${milliseconds("ended_at")}`;

export function readRun(record: RunRecord): RunRow {
  const { failure_code: code, failure_message: message } = record;
  return {
    runId: record.run_id,
    rootRunId: record.root_run_id,
    parentRunId: record.parent_run_id ?? undefined,
    agent: record.agent,
    caller: record.caller,
    key: record.key ?? undefined,
    input: record.input,
    details: record.details,
    sequence: Number(record.sequence),
    state: record.state,
    result: record.result ?? undefined,
    failure: code === null || message === null ? undefined : { code, message },
    cancelRequested: record.cancel_requested === "true" ? true : undefined,
    createdAt: Number(record.created_at),
    endedAt: record.ended_at === null ? undefined : Number(record.ended_at),
  };
}
