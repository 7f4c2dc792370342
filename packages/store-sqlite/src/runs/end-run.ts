import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { checkEnd, checkResult } from "./check-arguments.ts";
import type { RunEnd } from "../internal/run.ts";
import { stateCodes } from "./run-state.ts";

export function createRecordResult(database: DatabaseSync): (runId: string, result: string) => Work<boolean> {
  const record = database.prepare(
    "UPDATE runs SET result = ? WHERE run_id = ? AND state = 0 AND result IS NULL",
  );
  const find = database.prepare("SELECT 1 FROM runs WHERE run_id = ? AND state = 0 AND result = ?");
  return (runId, result) => {
    checkResult(runId, result);
    return () => record.run(result, runId).changes === 1 || find.get(runId, result) !== undefined;
  };
}

export function createEndRun(database: DatabaseSync): (end: RunEnd) => Work<boolean> {
  const record = database.prepare(
    `UPDATE runs SET state = ?, failure_code = ?, failure_message = ?, ended_at = ? WHERE run_id = ? AND state = 0`,
  );
  const find = database.prepare("SELECT 1 FROM runs WHERE run_id = ? AND state = ? AND failure_code IS ?");
  return (end) => {
    checkEnd(end);
    const { runId } = end;
    const state = stateCodes[end.state];
    const code = end.failure?.code ?? null;
    const message = end.failure?.message ?? null;
    return ({ at }) =>
      record.run(state, code, message, at, runId).changes === 1 || find.get(runId, state, code) !== undefined;
  };
}
