import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";
import { columns, readRun } from "./read-run.ts";
import type { RunRow } from "../internal/run.ts";

export function createGetRun(database: DatabaseSync): (runId: string) => Work<RunRow | undefined> {
  const find = database.prepare(`SELECT ${columns} FROM runs WHERE run_id = ?`);
  return (runId) => {
    requireId(runId, "Cannot get run", "runId");
    return () => {
      const stored = find.get(runId);
      return stored && readRun(stored);
    };
  };
}
