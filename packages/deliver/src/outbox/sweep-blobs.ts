import type { OutboxSettings } from "./outbox-options.ts";
import type { RecordedFile } from "./recorded-message.ts";
import { untilLate } from "./until-late.ts";

/** Deletes the files of a message once none of its destinations needs them any more. Never rejects: they may stay. */
export async function sweepBlobs(
  messageKey: string,
  files: readonly RecordedFile[],
  { store, report }: OutboxSettings,
): Promise<void> {
  if (files.length === 0) return;
  try {
    const rows = await untilLate(store.listDeliveries({ messageKey, limit: Infinity }), "The store");
    // Two processes that end the last two at once both see it: each has written before it looks.
    if (rows.some(({ state }) => state !== "delivered" && state !== "discarded")) return;
    for (const { blobKey } of files) await untilLate(store.deleteBlob(blobKey), "The store");
  } catch (error) {
    report(`Cannot delete the files of ${JSON.stringify(messageKey)}`, error);
  }
}
