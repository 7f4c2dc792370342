import type { OutFile } from "@executus/deliver";
import type { Outbox } from "@executus/deliver/outbox";
import { z } from "zod";
import type { DeskStore } from "./open-store.ts";

/** The files of a run's reply, as they were recorded for the desk's own channel; none before that. */
export async function replyFiles(
  outbox: Pick<Outbox, "get"> | undefined,
  runId: string,
): Promise<readonly OutFile[]> {
  return (await outbox?.get(`${runId}/0/0`))?.files ?? [];
}

/** Where the outbox keeps the files of a message. */
const recorded = z.object({ files: z.array(z.object({ blobKey: z.string() })) });

/**
 * The store, which keeps the files of replies as long as their deliveries are known. The outbox would delete them as soon as they
 * have arrived everywhere, and here they are fetched after that.
 */
export function keepingReplies(store: DeskStore): DeskStore {
  return {
    ...store,
    async deleteBlob(key) {
      if (!key.startsWith("outbox/")) await store.deleteBlob(key);
    },
    async deleteDelivery(key) {
      // The files first, so that a crash between leaves none behind.
      for (const blobKey of await recordedKeys(store, key)) await store.deleteBlob(blobKey);
      return store.deleteDelivery(key);
    },
  };
}

/** None of a record that cannot be read: it is purged like any other. */
async function recordedKeys(store: DeskStore, key: string): Promise<readonly string[]> {
  const row = await store.getDelivery(key);
  try {
    const { files } = recorded.parse(JSON.parse(row?.content ?? ""));
    return files.map(({ blobKey }) => blobKey);
  } catch {
    return [];
  }
}
