import type { DatabaseSync } from "node:sqlite";
import type { Work } from "../database/work.ts";
import { requireId } from "../internal/check-values.ts";
import type { JobRow } from "./job.ts";
import { columns, readRow } from "./read-row.ts";

export function createGetJob(database: DatabaseSync): (jobId: string) => Work<JobRow | undefined> {
  const find = database.prepare(`SELECT ${columns} FROM jobs WHERE job_id = ?`);
  return (jobId) => {
    requireId(jobId, "Cannot get job", "jobId");
    return () => {
      const stored = find.get(jobId);
      return stored && readRow(stored);
    };
  };
}
