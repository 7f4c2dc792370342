import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";

/** What was sent is never replaced. */
export const settlePartsFunction: string = `
create function settle_parts(keys text[], settled_parts text[], sent boolean[]) returns void
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(keys, settled_parts, sent) with ordinality as call (key, part, is_sent, ordinal) order by ordinal
  loop
    update parts set part = given.part, is_sent = given.is_sent, used_at = clock_timestamp()
    where key = given.key and not is_sent;
  end loop;
end $function$;
`;

export const releasePartsFunction: string = `
create function release_parts(keys text[]) returns void
${functionHead} as $function$
declare
  given record;
begin
  for given in select call.key from unnest(keys) with ordinality as call (key, ordinal) order by ordinal loop
    delete from parts where key = given.key and not is_sent;
  end loop;
end $function$;
`;

export interface SettledPart {
  readonly key: string;
  readonly json: string;
  readonly isSent: boolean;
}

/** Gathers the parts that are settled at the same time. */
export function settlePartsBatch(database: Database): Batch<SettledPart, undefined> {
  const text = `select from ${database.schema}.settle_parts($1, $2, $3)`;
  return new Batch({
    sizeOf: ({ json }) => json.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ key }) => key,
        async (ordered) => {
          const values = [
            ordered.map(({ key }) => key),
            ordered.map(({ json }) => json),
            ordered.map(({ isSent }) => isSent),
          ];
          await database.run("Cannot settle parts", text, values);
          return ordered.map(() => undefined);
        },
      ),
  });
}

/** Gathers the keys that are released at the same time. */
export function releasePartsBatch(database: Database): Batch<string, undefined> {
  const text = `select from ${database.schema}.release_parts($1)`;
  return new Batch({
    sizeOf: (key) => key.length,
    run: async (keys) => {
      // All processes go through the keys in one order, so that two never wait for each other.
      await database.run("Cannot release parts", text, [keys.toSorted()]);
      return keys.map(() => undefined);
    },
  });
}
