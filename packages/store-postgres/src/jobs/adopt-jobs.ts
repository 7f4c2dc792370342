import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { type JobRow, jobColumns, type JobRecord, readJob } from "./rows.ts";

/** The sign of life of one owner of jobs in a lane. */
export interface Lease {
  readonly owner: string;
  readonly count: number;
}

export interface Adoption {
  readonly lane: string;
  readonly from: Lease;
  readonly to: string;
  readonly limit: number;
}

/**
 * The lease is locked first and held to the end: an owner that raises it, or enqueues, comes wholly before or wholly after.
 * What was enqueued before is seen, as every statement of a function looks again.
 */
export const adoptJobsFunction: string = `
create function adopt_jobs(adopted_lane text, old_owner text, seen_count bigint, new_owner text, at_most bigint)
returns setof jobs
${functionHead} as $function$
declare
  found_count bigint;
  chosen text[];
begin
  select count into found_count from leases where lane = adopted_lane and owner = old_owner for update;
  if found_count is distinct from seen_count then return; end if;

  chosen := array(
    select job_id from (
      (select job_id, sequence from jobs
        where lane = adopted_lane and state = 'queued' and owner = old_owner and ended_at is null
        order by sequence limit at_most)
      union all
      (select job_id, sequence from jobs
        where lane = adopted_lane and state = 'running' and owner = old_owner and ended_at is null
        order by sequence limit at_most)
    ) as held
    order by sequence limit at_most
  );
  return query
    with adopted as (
      update jobs set owner = new_owner, epoch = epoch + 1, requeued = false
      -- Not by ended_at, which would let the server look for them among all that the owner holds.
      where job_id = any (chosen) and owner = old_owner and state in ('queued', 'running')
      returning *
    )
    select * from adopted order by sequence;
  if found then
    insert into leases as lease (lane, owner, count) values (adopted_lane, new_owner, 1)
    on conflict (lane, owner) do update set count = lease.count;
  end if;
  delete from leases where lane = adopted_lane and owner = old_owner and not exists (
    select from jobs
    where lane = adopted_lane and state in ('queued', 'running') and owner = old_owner and ended_at is null
  );
end $function$;
`;

/** So many rows are read without holding up the event loop. */
const pageCount = 1_000;

/** Adopts page by page. Each page is decided anew: if the owner comes back in the middle, it keeps the rest. */
export async function adoptJobs(database: Database, { lane, from, to, limit }: Adoption): Promise<JobRow[]> {
  const text = `select ${jobColumns} from ${database.schema}.adopt_jobs($1, $2, $3, $4, $5)`;
  const jobs: JobRow[] = [];
  while (jobs.length < limit) {
    const atMost = Math.min(pageCount, limit - jobs.length);
    try {
      const values = [lane, from.owner, from.count, to, atMost];
      const page = await database.run<JobRecord>("Cannot adopt jobs", text, values);
      for (const record of page) jobs.push(readJob(record));
      if (page.length < atMost) break;
    } catch (error) {
      // What was adopted has to be handed out: the same call again would not find it.
      if (jobs.length === 0) throw error;
      break;
    }
  }
  return jobs;
}
