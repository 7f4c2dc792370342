import { functionHead } from "../database/function-head.ts";

/** The index has the rows of each state in order: merges what each has first. Every row is ready at some time before infinity. */
const listByState = `
create function list_deliveries(wanted text[], behind bigint, at_most bigint, is_due boolean) returns setof deliveries
${functionHead} as $function$
declare
  ready_until timestamptz := case when is_due then clock_timestamp() else 'infinity' end;
begin
  return query
    select first.* from unnest(wanted) as kind cross join lateral (
      select * from deliveries as delivery
      -- What chooses the index: see there.
      where attempts >= 0 and delivery.state = kind and delivery.sequence > behind and ready_at <= ready_until
      order by delivery.sequence limit at_most
    ) as first
    order by first.sequence limit at_most;
end $function$;
`;

/** A message has few. 0 is every ended row, also one that ended before the clock was set back. */
const listByMessage = `
create function list_message_deliveries(
  wanted text[], behind bigint, at_most bigint, is_due boolean, ended_for_ms double precision, of_message text
) returns setof deliveries
${functionHead} as $function$
begin
  return query
    select * from deliveries as delivery
    where recorded_at > '-infinity' and message_key = of_message and delivery.sequence > behind and state = any (wanted)
      and (not is_due or ready_at <= clock_timestamp())
      and (ended_for_ms = 0 or ended_at <= clock_timestamp() - ended_for_ms * interval '1 millisecond')
    order by delivery.sequence limit at_most;
end $function$;
`;

/**
 * What ended long enough ago may be few among those that ended: looks them up first, whatever the order asked for would suggest, and
 * sorts what it found.
 */
const listEnded = `
create function list_ended_deliveries(wanted text[], behind bigint, at_most bigint, ended_for_ms double precision)
returns setof deliveries
${functionHead} as $function$
declare
  ended_until timestamptz := clock_timestamp() - ended_for_ms * interval '1 millisecond';
begin
  return query
    select * from (
      select * from deliveries where ended_at is not null and ended_at <= ended_until offset 0
    ) as old
    where old.state = any (wanted) and old.sequence > behind
    order by old.sequence limit at_most;
end $function$;
`;

export const listDeliveriesFunctions: string = [listByState, listByMessage, listEnded].join("\n");
