import type { Database } from "../database/database.ts";
import { longestAgeMs } from "../database/instants.ts";
import { readPages } from "../database/read-pages.ts";
import type { DeliveryFilter, DeliveryRow, DeliveryState } from "../internal/delivery.ts";
import { deliveryColumns, type DeliveryRecord, readDelivery } from "./read-delivery.ts";

const live: readonly DeliveryState[] = ["queued", "sending"];
const ends: readonly DeliveryState[] = ["delivered", "partial", "failed", "unknown", "discarded"];
const defaultLimit = 1_000;

export function listDeliveries(database: Database, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  const { afterSequence = 0, limit = defaultLimit } = filter;
  const states = wantedStates(filter);
  const { text, names } = statementOf(database.schema, filter);
  return readPages(limit, async (atMost, row: DeliveryRow | undefined) => {
    const after = Math.min(row?.sequence ?? afterSequence, Number.MAX_SAFE_INTEGER);
    const values = [states, after, atMost, ...names];
    return (await database.run<DeliveryRecord>("Cannot list deliveries", text, values)).map(readDelivery);
  });
}

/** The states that every other field leaves. */
function wantedStates({ states = [...live, ...ends], due, endedForMs }: DeliveryFilter): DeliveryState[] {
  return [...new Set(states)].filter(
    (state) => !(due && ends.includes(state)) && !(endedForMs !== undefined && live.includes(state)),
  );
}

function statementOf(
  schema: string,
  { messageKey, due, endedForMs = 0 }: DeliveryFilter,
): { readonly text: string; readonly names: readonly unknown[] } {
  const endedFor = Math.min(endedForMs, longestAgeMs);
  if (messageKey !== undefined) return { text: listOfMessage(schema, due), names: [messageKey, endedFor] };
  if (endedForMs === 0) return { text: listOfStates(schema, due), names: [] };
  const text = `select ${deliveryColumns} from ${schema}.list_ended_deliveries($1, $2, $3, $4)`;
  return { text, names: [endedFor] };
}

/** The index has the rows of each state in order: merges what each has first. */
function listOfStates(schema: string, due: true | undefined): string {
  // What chooses the index: see there.
  return `with page as (
      select first.* from unnest($1::text[]) as kind_state cross join lateral (
        select * from ${schema}.deliveries as delivery
        where attempts >= 0 and delivery.state = kind_state and delivery.sequence > $2 ${due ? "and ready_at <= now()" : ""}
        order by delivery.sequence limit $3
      ) as first
      order by first.sequence limit $3
    )
    select ${deliveryColumns} from page order by page.sequence`;
}

/** 0 is every row, also one that ended before the clock was set back. */
function listOfMessage(schema: string, due: true | undefined): string {
  return `select ${deliveryColumns} from ${schema}.deliveries as delivery
    where recorded_at > '-infinity' and message_key = $4 and delivery.sequence > $2 and state = any ($1::text[])
      and ($5::double precision = 0 or ended_at <= now() - $5::double precision * interval '1 millisecond')
      ${due ? "and ready_at <= now()" : ""}
    order by delivery.sequence limit $3`;
}
