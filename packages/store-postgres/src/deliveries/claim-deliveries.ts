import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";
import { leaseOf } from "../database/instants.ts";
import type { DeliveryClaim } from "../internal/delivery.ts";
import { deliveryColumns, type DeliveryRecord, readDelivery } from "./read-delivery.ts";

/**
 * Compare-and-set for each call: the row is taken by whoever finds it queued, or with a lease that is over. A claimant that has
 * the row already gets the same answer again: its first one was lost.
 */
export const claimDeliveriesFunction: string = `
create function claim_deliveries(keys text[], digests text[], leases double precision[], claimants text[])
returns table (claim text, delivery deliveries)
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(keys, digests, leases, claimants) with ordinality as call (key, digest, lease_ms, claimant, ordinal)
    order by ordinal
  loop
    update deliveries set
      state = 'sending',
      attempts = attempts + 1,
      claimant = given.claimant,
      is_lapsed = state = 'sending',
      ready_at = coalesce(clock_timestamp() + given.lease_ms * interval '1 millisecond', 'infinity')
    where key = given.key and digest = given.digest and (
      state = 'queued' or (state = 'sending' and claimant <> given.claimant and ready_at <= clock_timestamp())
    )
    returning * into delivery;
    if not found then
      select * into delivery from deliveries where key = given.key and digest = given.digest;
    end if;
    claim := case
      when delivery.key is null then 'conflict'
      when delivery.ended_at is not null then 'ended'
      when delivery.state = 'queued' or delivery.claimant <> given.claimant then 'busy'
      when delivery.is_lapsed then 'lapsed'
      else 'new'
    end;
    return next;
  end loop;
end $function$;
`;

export interface Claim {
  readonly key: string;
  readonly digest: string;
  readonly leaseMs: number;
  readonly claimant: string;
}

type ClaimRecord = DeliveryRecord & { readonly claim: DeliveryClaim["claim"] };

/** What an answer may weigh: so many claims go into a statement, however small they are. */
const answerBytes = 2 ** 14;

/** Gathers the claims that are made at the same time. */
export function claimBatch(database: Database): Batch<Claim, DeliveryClaim> {
  const text = `select claim, ${deliveryColumns}
    from (select claim, (delivery).* from ${database.schema}.claim_deliveries($1, $2, $3, $4)) as claimed`;
  return new Batch({
    sizeOf: () => answerBytes,
    run: (claims) =>
      inOrderOf(
        claims,
        ({ key }) => key,
        async (ordered) => {
          const values = [
            ordered.map(({ key }) => key),
            ordered.map(({ digest }) => digest),
            ordered.map(({ leaseMs }) => leaseOf(leaseMs)),
            ordered.map(({ claimant }) => claimant),
          ];
          return (await database.run<ClaimRecord>("Cannot claim deliveries", text, values)).map(readClaim);
        },
      ),
  });
}

function readClaim({ claim, ...record }: ClaimRecord): DeliveryClaim {
  return claim === "new" || claim === "lapsed" ? { claim, row: readDelivery(record) } : { claim };
}
