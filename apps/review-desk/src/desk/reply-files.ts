import { z } from "zod";
import type { DeskStore } from "./open-store.ts";

/** What the outbox records of a message's files. It has no call that gives them, so that they are read where it keeps them. */
const recorded = z.object({
  files: z.array(
    z.object({ name: z.string(), mediaType: z.string(), size: z.number(), blobKey: z.string() }),
  ),
});

/** A file of a reply. */
export interface ReplyFile {
  readonly name: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  stream(): ReadableStream<Uint8Array>;
}

/** The files of a run's reply, as they were recorded for the desk's own channel; none before that. */
export async function replyFiles(store: DeskStore, runId: string): Promise<readonly ReplyFile[]> {
  const files = await recordedFiles(store, `${runId}/0/0`);
  return files.map(({ blobKey, ...file }) => ({ ...file, stream: () => store.openBlob(blobKey) }));
}

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
      for (const { blobKey } of await recordedFiles(store, key)) await store.deleteBlob(blobKey);
      return store.deleteDelivery(key);
    },
  };
}

async function recordedFiles(store: DeskStore, key: string): Promise<z.infer<typeof recorded>["files"]> {
  const row = await store.getDelivery(key);
  return row === undefined ? [] : recorded.parse(JSON.parse(row.content)).files;
}
