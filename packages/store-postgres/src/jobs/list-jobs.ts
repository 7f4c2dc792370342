import type { Database } from "../database/database.ts";
import { readPages } from "../database/read-pages.ts";
import { type JobRow, jobColumns, type JobRecord, readJob } from "./rows.ts";

export interface ListOptions {
  readonly owner?: string | undefined;
  readonly afterSequence?: number | undefined;
  readonly limit?: number | undefined;
}

const defaultLimit = 1_000;

export function listJobs(
  database: Database,
  state: "queued" | "running",
  lane: string,
  { owner, afterSequence = 0, limit = defaultLimit }: ListOptions,
): Promise<JobRow[]> {
  const text = owner === undefined ? listOfAll(database.schema) : listOfOwner(database.schema);
  return readPages(limit, async (atMost, last: JobRow | undefined) => {
    const after = last?.sequence ?? afterSequence;
    const values = [lane, state, after, atMost, ...(owner === undefined ? [] : [owner])];
    const records = await database.run<JobRecord>("Cannot list jobs", text, values);
    return records.map(readJob);
  });
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
