import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";

/**
 * Locks each run, so that nobody else numbers its events meanwhile and none is deleted, then writes all events at once. Gives
 * the last number of each run that is there.
 */
export const appendRunEventsFunction: string = `
create function append_run_events(run_ids text[], event_run_ids text[], events text[])
returns table (found_id text, last_number bigint)
${functionHead} as $function$
declare
  found_run bigint;
  found_ids text[] := '{}';
  found_runs bigint[] := '{}';
  last_numbers bigint[] := '{}';
begin
  for found_id in select id from unnest(run_ids) with ordinality as given (id, ordinal) order by ordinal loop
    select sequence into found_run from runs where run_id = found_id for no key update;
    continue when not found;
    select number into last_number from run_events where run = found_run order by number desc limit 1;
    found_ids := found_ids || found_id;
    found_runs := found_runs || found_run;
    last_numbers := last_numbers || coalesce(last_number, 0);
  end loop;

  insert into run_events (run, number, event)
  select known.run, known.number + row_number() over (partition by known.run order by given.ordinal), given.event
  from unnest(event_run_ids, events) with ordinality as given (run_id, event, ordinal)
  join unnest(found_ids, found_runs, last_numbers) as known (run_id, run, number) on known.run_id = given.run_id;

  return query
    select known.run_id, known.number + (select count(*) from unnest(event_run_ids) as given (run_id) where given.run_id = known.run_id)
    from unnest(found_ids, last_numbers) as known (run_id, number);
end $function$;
`;

export interface AppendedEvents {
  readonly runId: string;
  readonly events: readonly string[];
}

interface FoundRecord {
  readonly found_id: string;
  readonly last_number: string;
}

/** Gathers the events that are appended at the same time. */
export function appendEventsBatch(database: Database): Batch<AppendedEvents, number> {
  const text = `select found_id, last_number::text from ${database.schema}.append_run_events($1, $2, $3)`;
  return new Batch({
    sizeOf: ({ events }) => events.reduce((sum, event) => sum + event.length, 0),
    run: async (calls) => {
      // All processes go through the ids in one order, so that two never wait for each other.
      const runIds = [...new Set(calls.map(({ runId }) => runId))].sort();
      const values = [
        runIds,
        calls.flatMap(({ runId, events }) => events.map(() => runId)),
        calls.flatMap(({ events }) => events),
      ];
      const records = await database.run<FoundRecord>("Cannot append events", text, values);
      return lastNumbers(calls, new Map(records.map((found) => [found.found_id, Number(found.last_number)])));
    },
  });
}

/** The number of each call's last event, from that of the run's last event. */
function lastNumbers(calls: readonly AppendedEvents[], lastOf: Map<string, number>): number[] {
  const numbers: number[] = [];
  for (const { runId, events } of calls.toReversed()) {
    const last = lastOf.get(runId);
    numbers.push(last ?? 0);
    if (last !== undefined) lastOf.set(runId, last - events.length);
  }
  return numbers.reverse();
}
