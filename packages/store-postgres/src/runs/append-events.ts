import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";

/**
 * Locks each run, so that nobody else numbers its events meanwhile and none is deleted, then writes all events at once; each
 * says by its place in `run_ids` of which run it is. Gives the number that each run's events had come to, null for no run.
 */
export const appendRunEventsFunction: string = `
create function append_run_events(run_ids text[], event_runs integer[], events text[]) returns setof bigint
${functionHead} as $function$
declare
  id text;
  found_run bigint;
  last_number bigint;
  found_runs bigint[] := '{}';
  last_numbers bigint[] := '{}';
begin
  for id in select given.run_id from unnest(run_ids) with ordinality as given (run_id, ordinal) order by ordinal loop
    select sequence into found_run from runs where run_id = id for no key update;
    select number into last_number from run_events where run = found_run order by number desc limit 1;
    found_runs := found_runs || found_run;
    last_numbers := last_numbers || case when found_run is not null then coalesce(last_number, 0) end;
  end loop;

  insert into run_events (run, number, event)
  select found_runs[place], last_numbers[place] + row_number() over (partition by place order by ordinal), given.event
  from unnest(event_runs, events) with ordinality as given (place, event, ordinal)
  where found_runs[place] is not null;

  return query select * from unnest(last_numbers);
end $function$;
`;

export interface AppendedEvents {
  readonly runId: string;
  readonly events: readonly string[];
}

/** Gathers the events that are appended at the same time. */
export function appendEventsBatch(database: Database): Batch<AppendedEvents, number> {
  const text = `select last::text from ${database.schema}.append_run_events($1, $2, $3) as last`;
  return new Batch({
    sizeOf: ({ events }) => events.reduce((sum, event) => sum + event.length, 0),
    run: async (calls) => {
      // All processes go through the ids in one order, so that two never wait for each other.
      const runIds = [...new Set(calls.map(({ runId }) => runId))].sort();
      const places = new Map(runIds.map((runId, index) => [runId, index + 1]));
      const values = [
        runIds,
        calls.flatMap(({ runId, events }) => events.map(() => places.get(runId))),
        calls.flatMap(({ events }) => events),
      ];
      const records = await database.run<{ readonly last: string | null }>(
        "Cannot append events",
        text,
        values,
      );
      const lasts = new Map(runIds.map((runId, index) => [runId, records[index]?.last ?? undefined]));
      return lastNumbers(calls, lasts);
    },
  });
}

/** The number of each call's last event, from where its run's events had come to before the first call. */
function lastNumbers(
  calls: readonly AppendedEvents[],
  before: ReadonlyMap<string, string | undefined>,
): number[] {
  const counts = new Map<string, number>();
  return calls.map(({ runId, events }) => {
    const last = before.get(runId);
    if (last === undefined) return 0;
    const count = (counts.get(runId) ?? 0) + events.length;
    counts.set(runId, count);
    return Number(last) + count;
  });
}
