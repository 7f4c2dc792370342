import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";
import { leaseOf } from "../database/instants.ts";
import type { PartClaim, ReceiptPart } from "../internal/part.ts";

/** Whoever comes second waits at the index of keys, and then sees what came first. */
export const claimPartsFunction: string = `
create function claim_parts(keys text[], digests text[], leases double precision[])
returns table (claim text, settled_part text)
${functionHead} as $function$
declare
  given record;
  known parts;
begin
  for given in
    select call.key, call.digest, coalesce(clock_timestamp() + call.lease_ms * interval '1 millisecond', 'infinity') as lease_end
    from unnest(keys, digests, leases) with ordinality as call (key, digest, lease_ms, ordinal)
    order by ordinal
  loop
    settled_part := null;
    insert into parts (key, digest, lease_ends_at) values (given.key, given.digest, given.lease_end) on conflict do nothing;
    if found then
      claim := 'new';
      return next;
      continue;
    end if;
    select * into known from parts where key = given.key for update;
    if not found then
      raise exception 'a key was released while it was claimed' using errcode = 'serialization_failure';
    end if;
    settled_part := case when known.digest = given.digest then known.part end;
    claim := case
      when known.digest <> given.digest then 'conflict'
      when known.part is not null then 'done'
      when known.lease_ends_at > clock_timestamp() then 'busy'
      else 'lapsed'
    end;
    if claim = 'lapsed' then
      update parts set used_at = clock_timestamp(), lease_ends_at = given.lease_end where key = given.key;
    end if;
    return next;
  end loop;
end $function$;
`;

export interface ClaimedPart {
  readonly key: string;
  readonly digest: string;
  readonly leaseMs: number;
}

interface ClaimRecord {
  readonly claim: PartClaim["claim"];
  readonly settled_part: string | null;
}

/** Gathers the parts that are claimed at the same time. */
export function claimPartsBatch(database: Database): Batch<ClaimedPart, PartClaim> {
  const text = `select claim, settled_part from ${database.schema}.claim_parts($1, $2, $3)`;
  return new Batch({
    sizeOf: ({ key }) => key.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ key }) => key,
        async (ordered) => {
          const values = [
            ordered.map(({ key }) => key),
            ordered.map(({ digest }) => digest),
            ordered.map(({ leaseMs }) => leaseOf(leaseMs)),
          ];
          return (await database.run<ClaimRecord>("Cannot claim parts", text, values)).map(readClaim);
        },
      ),
  });
}

function readClaim({ claim, settled_part: part }: ClaimRecord): PartClaim {
  return claim === "done" ? { claim, part: JSON.parse(part ?? "null") as ReceiptPart } : { claim };
}
