import type { Receipt } from "../receipt.ts";
import type { OutboxEntry } from "./outbox.ts";
import type { BlobStore, DeliveryRow } from "./outbox-store.ts";
import { readContent, readFiles } from "./recorded-message.ts";

/** A row as it is shown to people. */
export function entryOf(row: DeliveryRow, blobs: BlobStore): OutboxEntry {
  const { key, messageKey, state, attempts, sequence, recordedAt, dueAt, endedAt } = row;
  const { destination, files } = readContent(row);
  const fields = { key, messageKey, destination, state, attempts, sequence, recordedAt };
  return { ...fields, files: readFiles(files, blobs), receipt: readReceipt(row), dueAt, endedAt };
}

/** `undefined` also for one that cannot be read, such as one that somebody else wrote. */
export function readReceipt({ receipt }: DeliveryRow): Receipt | undefined {
  if (receipt === undefined) return undefined;
  try {
    const read = JSON.parse(receipt) as Receipt;
    return read.parts.every((part) => typeof part.status === "string") ? read : undefined;
  } catch {
    return undefined;
  }
}

export function isEnded({ state }: { readonly state: DeliveryRow["state"] }): boolean {
  return state !== "queued" && state !== "sending";
}
