import type { DeliveryRow } from "../internal/delivery.ts";
import { readState } from "./delivery-state.ts";

/** The columns of a delivery, for `readDelivery`. */
export const columns: string =
  "sequence, key, message_key, channel, digest, state, attempts, recorded_at, ready_at, ended_at, receipt, " +
  "ifnull(content, (SELECT content FROM large_contents WHERE large_contents.sequence = deliveries.sequence)) AS content";

interface StoredDelivery {
  readonly sequence: number;
  readonly key: string;
  readonly message_key: string;
  readonly channel: string;
  readonly digest: string;
  readonly state: number;
  readonly attempts: number;
  readonly recorded_at: number;
  readonly ready_at: number | null;
  readonly ended_at: number | null;
  readonly receipt: string | null;
  readonly content: string;
}

/** A delivery from a row with `columns`. */
export function readDelivery(stored: unknown): DeliveryRow {
  const row = stored as StoredDelivery;
  const state = readState(row.state);
  return {
    key: row.key,
    messageKey: row.message_key,
    channel: row.channel,
    digest: row.digest,
    content: row.content,
    sequence: row.sequence,
    state,
    attempts: row.attempts,
    receipt: row.receipt ?? undefined,
    recordedAt: row.recorded_at,
    dueAt: state === "queued" ? (row.ready_at ?? undefined) : undefined,
    endedAt: row.ended_at ?? undefined,
  };
}
