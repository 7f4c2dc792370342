import type { Database } from "../database/database.ts";
import { type JobRow, jobColumns, type JobRecord, readJob } from "./rows.ts";

export interface ListOptions {
  readonly owner?: string | undefined;
  readonly afterSequence?: number | undefined;
  readonly limit?: number | undefined;
}

/** So many rows are read without holding up the event loop. */
const pageCount = 1_000;

/** Lists page by page; what changes in the meantime is seen as it is when its page is read. */
export async function listJobs(
  database: Database,
  state: "queued" | "running",
  lane: string,
  { owner, afterSequence = 0, limit = pageCount }: ListOptions,
): Promise<JobRow[]> {
  const text = owner === undefined ? listOfAll(database.schema) : listOfOwner(database.schema);
  const jobs: JobRow[] = [];
  while (jobs.length < limit) {
    const after = jobs.at(-1)?.sequence ?? afterSequence;
    const atMost = Math.min(pageCount, limit - jobs.length);
    const values = [lane, state, after, atMost, ...(owner === undefined ? [] : [owner])];
    const page = await database.run<JobRecord>("Cannot list jobs", text, values);
    for (const record of page) jobs.push(readJob(record));
    if (page.length < atMost) break;
  }
  return jobs;
}

function listOfOwner(schema: string): string {
  return `select ${jobColumns} from ${schema}.jobs as job
    where lane = $1 and state = $2 and owner = $5 and job.sequence > $3 and ended_at is null
    order by job.sequence limit $4`;
}

/** The index has the jobs of each owner in order: goes from owner to owner, then merges what each has first. */
function listOfAll(schema: string): string {
  return `with recursive owners as (
      (select owner from ${schema}.jobs where lane = $1 and state = $2 and ended_at is null order by owner limit 1)
      union all
      select (select job.owner from ${schema}.jobs as job
        where lane = $1 and state = $2 and job.owner > owners.owner and ended_at is null order by owner limit 1)
      from owners where owners.owner is not null
    ), page as (
      select first.* from owners cross join lateral (
        select * from ${schema}.jobs as job
        where lane = $1 and state = $2 and job.owner = owners.owner and job.sequence > $3 and ended_at is null
        order by job.sequence limit $4
      ) as first
      order by first.sequence limit $4
    )
    select ${jobColumns} from page order by page.sequence`;
}
