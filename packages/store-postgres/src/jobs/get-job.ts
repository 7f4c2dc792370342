import type { Database } from "../database/database.ts";
import { type JobRow, jobColumns, type JobRecord, readJob } from "./rows.ts";

export async function getJob(database: Database, jobId: string): Promise<JobRow | undefined> {
  const text = `select ${jobColumns} from ${database.schema}.jobs where job_id = $1`;
  const [record] = await database.run<JobRecord>("Cannot get job", text, [jobId]);
  return record && readJob(record);
}
