import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { longestAgeMs } from "../database/instants.ts";
import type { RunPurge } from "../internal/run.ts";

/**
 * The first deletes whole trees and notes whose events and cells are left; the second deletes some of those. A root that is
 * locked has ended and stays so: an id that was purged by another and is used again in between is not touched.
 */
export const purgeRunsFunctions: string = `
create function purge_runs(older_than_ms double precision, at_most bigint) returns table (seen bigint, purged bigint)
${functionHead} as $function$
declare
  -- 0 purges what ended before the clock was set back, too.
  ended_until timestamptz := case when older_than_ms = 0 then 'infinity'
    else clock_timestamp() - older_than_ms * interval '1 millisecond' end;
  chosen text[];
begin
  chosen := array(
    select run_id from runs where is_root and ended_at is not null and ended_at <= ended_until
    order by ended_at, sequence limit at_most
  );
  seen := cardinality(chosen);
  chosen := array(
    select run_id from runs where run_id = any (chosen) and is_root and state <> 'open' order by run_id for update
  );
  purged := cardinality(chosen);
  with gone as (
    delete from runs where root_run_id = any (chosen) returning sequence
  )
  insert into purged_runs (run) select sequence from gone;
  return next;
end $function$;

create function delete_purged_runs(at_most bigint) returns bigint
${functionHead} as $function$
declare
  chosen bigint[] := array(select run from purged_runs order by run limit at_most for update skip locked);
  event_count bigint;
  cell_count bigint;
begin
  delete from run_events where ctid = any (array(
    select ctid from run_events where run = any (chosen) limit at_most
  ));
  get diagnostics event_count = row_count;
  delete from run_cells where ctid = any (array(
    select ctid from run_cells where run = any (chosen) limit at_most
  ));
  get diagnostics cell_count = row_count;
  if event_count < at_most and cell_count < at_most then
    delete from purged_runs where run = any (chosen);
  end if;
  return cardinality(chosen);
end $function$;
`;

/** So much is deleted in one statement: none takes long, and none locks much. */
const maxTrees = 100;
const maxRows = 5_000;

/** What a process that dies leaves over is deleted by the next purge. */
export async function purgeRuns(database: Database, { olderThanMs, limit }: RunPurge): Promise<number> {
  const action = "Cannot purge runs";
  const trees = `select seen::text, purged::text from ${database.schema}.purge_runs($1, $2)`;
  const rows = `select ${database.schema}.delete_purged_runs(${maxRows})::text as count`;
  let count = 0;
  for (let isLast = false; !isLast && count < limit;) {
    const atMost = Math.min(maxTrees, limit - count);
    const values = [Math.min(olderThanMs, longestAgeMs), atMost];
    const [found] = await database.run<{ seen: string; purged: string }>(action, trees, values);
    count += Number(found?.purged);
    isLast = Number(found?.seen) < atMost;
  }
  for (let left = 1; left > 0;) {
    const [found] = await database.run<{ count: string }>(action, rows, []);
    left = Number(found?.count);
  }
  return count;
}
