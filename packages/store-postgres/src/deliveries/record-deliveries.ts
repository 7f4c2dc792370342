import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import type { NewDelivery, Recorded } from "../internal/delivery.ts";

/**
 * Writes what is new of each call, in the order given, so that sequence follows it; or nothing of a call of which a key stands
 * for something else, and gives that key, else null. `ends` has the place of each call's last row.
 *
 * Whoever writes the same key meanwhile is waited for. If that was something else the whole statement is done again, and finds it.
 */
export const recordDeliveriesFunction: string = `
create function record_deliveries(
  ends integer[], keys text[], message_keys text[], channels text[], digests text[], contents text[]
) returns setof text
${functionHead} as $function$
declare
  start integer := 1;
  stop integer;
  place integer;
  known text;
  clash text;
begin
  foreach stop in array ends loop
    clash := null;
    for place in start .. stop loop
      select digest into known from deliveries where key = keys[place];
      -- What is not there may be named twice by the call itself.
      known := coalesce(known, digests[array_position(keys, keys[place], start)]);
      if known <> digests[place] then
        clash := keys[place];
        exit;
      end if;
    end loop;

    if clash is null then
      for place in start .. stop loop
        insert into deliveries (key, message_key, channel, digest, content)
        values (keys[place], message_keys[place], channels[place], digests[place], contents[place])
        on conflict do nothing;
        if not found and not exists (select from deliveries where key = keys[place] and digest = digests[place]) then
          raise exception 'a key was used by others meanwhile' using errcode = 'serialization_failure';
        end if;
      end loop;
    end if;
    return next clash;
    start := stop + 1;
  end loop;
end $function$;
`;

/** Gathers the deliveries that are recorded at the same time. */
export function recordBatch(database: Database): Batch<readonly NewDelivery[], Recorded> {
  const text = `select clash from ${database.schema}.record_deliveries($1, $2, $3, $4, $5, $6) as clash`;
  return new Batch({
    sizeOf: (deliveries) =>
      deliveries.reduce((sum, { key, content }) => sum + key.length + content.length, 0),
    run: async (calls) => {
      let end = 0;
      const ends = calls.map((deliveries) => (end += deliveries.length));
      const all = calls.flat();
      const values = [
        ends,
        all.map(({ key }) => key),
        all.map(({ messageKey }) => messageKey),
        all.map(({ channel }) => channel),
        all.map(({ digest }) => digest),
        all.map(({ content }) => content),
      ];
      const records = await database.run<{ clash: string | null }>("Cannot record deliveries", text, values);
      return records.map(({ clash }) =>
        clash === null ? { recorded: true } : { recorded: false, key: clash },
      );
    },
  });
}
