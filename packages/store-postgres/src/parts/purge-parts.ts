import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { longestAgeMs } from "../database/instants.ts";
import type { PartPurge } from "../internal/part.ts";

/** Two that purge at once share the work: what one has taken the other passes over. */
export const purgePartsFunction: string = `
create function purge_parts(older_than_ms double precision, at_most bigint) returns bigint
${functionHead} as $function$
declare
  -- 0 purges what was used before the clock was set back, too.
  used_until timestamptz := case when older_than_ms = 0 then 'infinity'
    else clock_timestamp() - older_than_ms * interval '1 millisecond' end;
  purged bigint;
begin
  delete from parts where ctid = any (array(
    select ctid from parts where used_at <= used_until order by used_at limit at_most for update skip locked
  ));
  get diagnostics purged = row_count;
  return purged;
end $function$;
`;

/** So much is deleted in one statement: none takes long, and none locks much. */
const maxRows = 5_000;

export async function purgeParts(database: Database, { olderThanMs, limit }: PartPurge): Promise<number> {
  const text = `select ${database.schema}.purge_parts($1, $2)::text as purged`;
  let count = 0;
  while (count < limit) {
    const atMost = Math.min(maxRows, limit - count);
    const values = [Math.min(olderThanMs, longestAgeMs), atMost];
    const [answer] = await database.run<{ readonly purged: string }>("Cannot purge parts", text, values);
    count += Number(answer?.purged);
    if (Number(answer?.purged) < atMost) break;
  }
  return count;
}
