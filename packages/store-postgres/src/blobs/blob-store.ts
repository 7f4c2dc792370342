import { requireWhole } from "../internal/check-values.ts";
import type { Database } from "../database/database.ts";
import { writeStream } from "../internal/write-stream.ts";
import { hashOfKey, requireBlobKey } from "./blob-key.ts";
import { blobWriter } from "./blob-writer.ts";
import { deleteLoose } from "./loose-blobs.ts";
import { openBlob } from "./open-blob.ts";

/**
 * The bytes of files, by key: a `BlobStore` of `@executus/pendingattach`, and with the deliveries an `OutboxStore` of
 * `@executus/deliver/outbox`, where the contracts are written.
 */
export interface BlobStore {
  putBlob(
    key: string,
    stream: ReadableStream<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly size: number }>;
  openBlob(key: string): ReadableStream<Uint8Array>;
  deleteBlob(key: string): Promise<void>;
}

/** Each statement counts as a call, so that no stream that rests holds up `close`. */
export function blobStore(database: Database): BlobStore {
  return {
    async putBlob(key, stream, maxBytes) {
      requireBlobKey(key, "Cannot put blob");
      requireWhole(maxBytes, "Cannot put blob", "maxBytes", 0);
      return { size: await writeStream(blobWriter(database, key), stream, maxBytes) };
    },
    openBlob(key) {
      requireBlobKey(key, "Cannot open blob");
      return openBlob(database, key);
    },
    async deleteBlob(key) {
      const action = "Cannot delete blob";
      requireBlobKey(key, action);
      const text = `update ${database.schema}.blobs set key = null, written_at = '-infinity' where key = $1`;
      return database.call(action, async () => {
        await database.run(action, text, [hashOfKey(key)]);
        await deleteLoose(database);
      });
    },
  };
}
