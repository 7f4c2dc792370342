import type { Database } from "../database/database.ts";
import { readRun, runColumns, type RunRecord } from "./read-run.ts";
import type { RunRow } from "../internal/run.ts";

export async function getRun(database: Database, runId: string): Promise<RunRow | undefined> {
  const text = `select ${runColumns} from ${database.schema}.runs where run_id = $1`;
  const [record] = await database.run<RunRecord>("Cannot get run", text, [runId]);
  return record && readRun(record);
}
