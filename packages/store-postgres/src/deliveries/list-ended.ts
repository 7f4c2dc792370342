import { functionHead } from "../database/function-head.ts";

/**
 * What ended long enough ago may be few among those that ended: looks them up first, whatever the order asked for would suggest, and
 * sorts what it found.
 */
export const listEndedDeliveriesFunction: string = `
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
