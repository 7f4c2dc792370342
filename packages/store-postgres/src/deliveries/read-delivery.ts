import { milliseconds } from "../database/instants.ts";
import type { DeliveryRow, DeliveryState } from "../internal/delivery.ts";

/** A delivery as the server sends it: `deliveryColumns`, all of them text. */
export interface DeliveryRecord {
  readonly key: string;
  readonly sequence: string;
  readonly message_key: string;
  readonly channel: string;
  readonly digest: string;
  readonly content: string;
  readonly state: DeliveryState;
  readonly attempts: string;
  readonly receipt: string | null;
  readonly recorded_at: string;
  /** `"-Infinity"` of a row that waits for nothing. */
  readonly ready_at: string;
  readonly ended_at: string | null;
}

/** As text, since the user of the pool may have set parsers of their own for every other type. */
export const deliveryColumns: string = `key, sequence::text, message_key, channel, digest, content, state, attempts::text, receipt,
  ${["recorded_at", "ready_at", "ended_at"].map(milliseconds).join(", ")}`;

export function readDelivery(record: DeliveryRecord): DeliveryRow {
  const { state, ready_at: readyAt, ended_at: endedAt } = record;
  return {
    key: record.key,
    messageKey: record.message_key,
    channel: record.channel,
    digest: record.digest,
    content: record.content,
    sequence: Number(record.sequence),
    state,
    attempts: Number(record.attempts),
    receipt: record.receipt ?? undefined,
    recordedAt: Number(record.recorded_at),
    dueAt: state === "queued" && readyAt !== "-Infinity" ? Number(readyAt) : undefined,
    endedAt: endedAt === null ? undefined : Number(endedAt),
  };
}
