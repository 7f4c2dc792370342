import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { longestAgeMs } from "../database/instants.ts";

export interface Purge {
  readonly olderThanMs: number;
  readonly limit: number;
}

/** Two that purge at once share the work: what one has taken the other passes over. Rows are gone by place, not by a join. */
export const purgeJobsFunction: string = `
create function purge_jobs(older_than_ms double precision, at_most bigint) returns bigint
${functionHead} as $function$
declare
  -- 0 purges what ended before the clock was set back, too.
  ended_until timestamptz := case when older_than_ms = 0 then 'infinity'
    else clock_timestamp() - older_than_ms * interval '1 millisecond' end;
  purged bigint;
begin
  delete from jobs where ctid = any (array(
    select ctid from jobs where ended_at is not null and ended_at <= ended_until
    order by ended_at, sequence limit at_most for update skip locked
  ));
  get diagnostics purged = row_count;
  return purged;
end $function$;
`;

export async function purgeJobs(database: Database, { olderThanMs, limit }: Purge): Promise<number> {
  const text = `select ${database.schema}.purge_jobs($1, $2)::text as purged`;
  const values = [Math.min(olderThanMs, longestAgeMs), Number.isFinite(limit) ? limit : null];
  const [answer] = await database.run<{ readonly purged: string }>("Cannot purge jobs", text, values);
  return Number(answer?.purged);
}
