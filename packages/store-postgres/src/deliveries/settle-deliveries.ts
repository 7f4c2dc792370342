import { Batch } from "../database/batch.ts";
import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { inOrderOf } from "../database/in-order.ts";
import { longestAgeMs } from "../database/instants.ts";
import type { Settlement } from "../internal/delivery.ts";

export const saveDeliveriesFunction: string = `
create function save_deliveries(keys text[], claimants text[], receipts text[]) returns setof boolean
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(keys, claimants, receipts) with ordinality as call (key, claimant, receipt, ordinal) order by ordinal
  loop
    update deliveries set receipt = given.receipt
    where key = given.key and state = 'sending' and claimant = given.claimant;
    return next found;
  end loop;
end $function$;
`;

/** The same call again finds the row as it left it: its first answer was lost. */
export const settleDeliveriesFunction: string = `
create function settle_deliveries(
  keys text[], claimants text[], states text[], receipts text[], delays double precision[]
) returns setof boolean
${functionHead} as $function$
declare
  given record;
begin
  for given in
    select * from unnest(keys, claimants, states, receipts, delays)
      with ordinality as call (key, claimant, state, receipt, delay_ms, ordinal)
    order by ordinal
  loop
    update deliveries set
      state = given.state,
      receipt = given.receipt,
      ready_at = case when given.state = 'queued' then clock_timestamp() + given.delay_ms * interval '1 millisecond'
        else '-infinity' end,
      ended_at = case when given.state <> 'queued' then clock_timestamp() end
    where key = given.key and state = 'sending' and claimant = given.claimant;
    return next found or exists (
      select from deliveries where key = given.key and state = given.state and claimant = given.claimant
    );
  end loop;
end $function$;
`;

interface KeptRecord {
  readonly kept: string;
}

export interface SavedReceipt {
  readonly key: string;
  readonly claimant: string;
  readonly receipt: string;
}

/** Gathers the receipts that are saved at the same time. */
export function saveBatch(database: Database): Batch<SavedReceipt, boolean> {
  const text = `select kept::text from ${database.schema}.save_deliveries($1, $2, $3) as kept`;
  return new Batch({
    sizeOf: ({ receipt }) => receipt.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ key }) => key,
        async (ordered) => {
          const values = [
            ordered.map(({ key }) => key),
            ordered.map(({ claimant }) => claimant),
            ordered.map(({ receipt }) => receipt),
          ];
          const records = await database.run<KeptRecord>("Cannot save deliveries", text, values);
          return records.map(({ kept }) => kept === "true");
        },
      ),
  });
}

/** Gathers the settlements that are made at the same time. */
export function settleBatch(database: Database): Batch<Settlement, boolean> {
  const text = `select kept::text from ${database.schema}.settle_deliveries($1, $2, $3, $4, $5) as kept`;
  return new Batch({
    sizeOf: ({ receipt }) => receipt.length,
    run: (all) =>
      inOrderOf(
        all,
        ({ key }) => key,
        async (ordered) => {
          const values = [
            ordered.map(({ key }) => key),
            ordered.map(({ claimant }) => claimant),
            ordered.map(({ state }) => state),
            ordered.map(({ receipt }) => receipt),
            ordered.map(({ delayMs = 0 }) => Math.min(delayMs, longestAgeMs)),
          ];
          const records = await database.run<KeptRecord>("Cannot settle deliveries", text, values);
          return records.map(({ kept }) => kept === "true");
        },
      ),
  });
}
