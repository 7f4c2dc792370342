import { isEnded } from "./entry.ts";
import type { OutboxSettings } from "./outbox-options.ts";
import { readContent } from "./recorded-message.ts";

const pageSize = 500;

/** Forgets messages all of whose deliveries ended so long ago: the files first, so that a crash between leaves none behind. */
export async function purgeMessages(olderThanMs: number, { store }: OutboxSettings): Promise<number> {
  let purged = 0;
  for (let afterSequence = 0; ;) {
    const rows = await store.listDeliveries({ endedForMs: olderThanMs, afterSequence, limit: pageSize });
    for (const { messageKey } of rows) purged += await purgeMessage(messageKey, olderThanMs);
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return purged;
    afterSequence = last.sequence;
  }

  async function purgeMessage(messageKey: string, endedForMs: number): Promise<number> {
    const all = await store.listDeliveries({ messageKey, limit: Infinity });
    const old = await store.listDeliveries({ messageKey, endedForMs, limit: Infinity });
    if (old.length < all.length || !all.every(isEnded)) return 0;
    let deleted = 0;
    for (const { files } of all.slice(0, 1).map(readContent)) {
      for (const { blobKey } of files) await store.deleteBlob(blobKey);
    }
    for (const { key } of all) if (await store.deleteDelivery(key)) deleted += 1;
    return deleted;
  }
}
