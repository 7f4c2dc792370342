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
  const { call, names } = callOf(filter);
  const text = `select ${deliveryColumns} from ${database.schema}.${call}`;
  return readPages(limit, async (atMost, row: DeliveryRow | undefined) => {
    const behind = Math.min(row?.sequence ?? afterSequence, Number.MAX_SAFE_INTEGER);
    const values = [states, behind, atMost, ...names];
    return (await database.run<DeliveryRecord>("Cannot list deliveries", text, values)).map(readDelivery);
  });
}

/** The states that every other field leaves. */
function wantedStates({ states = [...live, ...ends], due, endedForMs }: DeliveryFilter): DeliveryState[] {
  return [...new Set(states)].filter(
    (state) => !(due && ends.includes(state)) && !(endedForMs !== undefined && live.includes(state)),
  );
}

/** The function that has to look at the fewest rows. */
function callOf({ messageKey, due, endedForMs = 0 }: DeliveryFilter): {
  readonly call: string;
  readonly names: readonly unknown[];
} {
  const endedFor = Math.min(endedForMs, longestAgeMs);
  if (messageKey !== undefined) {
    const call = "list_message_deliveries($1, $2, $3, $4, $5, $6)";
    return { call, names: [due === true, endedFor, messageKey] };
  }
  if (endedForMs === 0) return { call: "list_deliveries($1, $2, $3, $4)", names: [due === true] };
  return { call: "list_ended_deliveries($1, $2, $3, $4)", names: [endedFor] };
}
