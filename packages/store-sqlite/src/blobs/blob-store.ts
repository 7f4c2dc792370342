import type { DatabaseSync } from "node:sqlite";
import { requireId, requireWhole } from "../internal/check-values.ts";
import type { OperationQueue } from "../database/operation-queue.ts";
import { createBlobWriter } from "./blob-writer.ts";
import { createDeleteBlob } from "./delete-blob.ts";
import { createOpenBlob } from "./open-blob.ts";
import { writeStream } from "../internal/write-stream.ts";

/** The bytes of files, by key: with the deliveries an `OutboxStore` of `@executus/deliver/outbox`, where the contract is written. */
export interface BlobStore {
  putBlob(
    key: string,
    stream: ReadableStream<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly size: number }>;
  openBlob(key: string): ReadableStream<Uint8Array>;
  deleteBlob(key: string): Promise<void>;
}

export function createBlobStore(database: DatabaseSync, queue: OperationQueue): BlobStore {
  const createWriter = createBlobWriter(database, queue);
  const open = createOpenBlob(database, queue);
  const remove = createDeleteBlob(database);

  return {
    async putBlob(key, stream, maxBytes) {
      requireId(key, "Cannot put blob", "key");
      requireWhole(maxBytes, "Cannot put blob", "maxBytes", 0);
      return { size: await writeStream(createWriter(key), stream, maxBytes) };
    },
    openBlob(key) {
      requireId(key, "Cannot open blob", "key");
      return open(key);
    },
    async deleteBlob(key) {
      await queue.writeInSteps(() => remove(key));
    },
  };
}
