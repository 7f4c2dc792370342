import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import type { Transaction } from "../database/work.ts";
import { StoreError } from "../errors.ts";
import type { BlobWriter } from "../internal/write-stream.ts";
import { createDeleteLoose, looseAt, replacedAt } from "./delete-loose.ts";

/** Chunks are committed as they come, under a number that nobody knows yet: only the last transaction names them. */
export function createBlobWriter(database: DatabaseSync, queue: OperationQueue): (key: string) => BlobWriter {
  const replace = database.prepare("UPDATE blobs SET key = NULL, written_at = ? WHERE key = ?");
  const name = database.prepare("UPDATE blobs SET key = ?, size = ? WHERE blob = ?");
  const letGo = database.prepare("UPDATE blobs SET written_at = ? WHERE blob = ? AND key IS NULL");
  const writeChunk = createWriteChunk(database);
  const deleteLoose = createDeleteLoose(database);

  /** Never rejects. */
  async function clean(before?: () => void): Promise<void> {
    const run = (transaction: Transaction): boolean => {
      before?.();
      return deleteLoose(transaction);
    };
    await queue.writeInSteps(() => ({ run, add: (isClean) => isClean || undefined })).catch(() => {});
  }

  return (key) => {
    let blob: number | undefined;
    let number = 0;
    return {
      async append(bytes) {
        blob = requireKept(
          await queue.write(
            () =>
              ({ at }) =>
                writeChunk(at, { blob, number, bytes }),
          ),
        );
        number += 1;
      },
      async finish(bytes, size) {
        const kept = await queue.write(() => ({ at }) => {
          const written = writeChunk(at, { blob, number, bytes });
          if (written === undefined) return undefined;
          replace.run(replacedAt(at), key);
          name.run(key, size, written);
          return written;
        });
        requireKept(kept);
        // It is there, whatever becomes of what was there long before.
        await clean();
      },
      async abandon() {
        const written = blob;
        if (written !== undefined) await clean(() => void letGo.run(looseAt, written));
      },
    };
  };
}

interface Chunk {
  readonly blob: number | undefined;
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Writes a chunk and gives the number of its blob, a new one for the first; `undefined` if the blob is not there any more. */
function createWriteChunk(database: DatabaseSync): (at: number, chunk: Chunk) => number | undefined {
  const create = database.prepare(
    "INSERT INTO blobs (key, size, written_at) VALUES (NULL, 0, ?) RETURNING blob",
  );
  const touch = database.prepare(
    "UPDATE blobs SET written_at = ? WHERE blob = ? AND key IS NULL AND written_at > ?",
  );
  const insert = database.prepare("INSERT INTO blob_chunks (blob, number, bytes) VALUES (?, ?, ?)");
  return (at, { blob, number, bytes }) => {
    const kept = blob ?? Number(create.get(at)?.["blob"]);
    if (blob !== undefined && touch.run(at, blob, looseAt).changes === 0) return undefined;
    if (bytes.byteLength > 0) insert.run(kept, number, bytes);
    return kept;
  };
}

function requireKept(blob: number | undefined): number {
  if (blob !== undefined) return blob;
  throw new StoreError("STORE_FAILED", "Cannot put blob: its stream rested for so long that it was given up");
}
