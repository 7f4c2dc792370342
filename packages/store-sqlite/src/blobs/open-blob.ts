import type { DatabaseSync } from "node:sqlite";
import type { OperationQueue } from "../database/operation-queue.ts";
import type { Work } from "../database/work.ts";
import { StoreError } from "../errors.ts";

interface Opened {
  readonly blob: number;
  readonly size: number;
}

/** Reads a chunk when it is asked for, and nothing before. */
export function createOpenBlob(
  database: DatabaseSync,
  queue: OperationQueue,
): (key: string) => ReadableStream<Uint8Array> {
  const find = database.prepare("SELECT blob, size FROM blobs WHERE key = ?");
  const read = database.prepare("SELECT bytes FROM blob_chunks WHERE blob = ? AND number = ?");

  const findBlob = (key: string): Work<Opened | undefined> => {
    return () => {
      const known = find.get(key);
      return known && { blob: Number(known["blob"]), size: Number(known["size"]) };
    };
  };
  const readChunk = (blob: number, number: number): Work<Uint8Array | undefined> => {
    return () => read.get(blob, number)?.["bytes"] as Uint8Array | undefined;
  };

  return (key) => {
    let opened: Opened | undefined;
    let [number, done] = [0, 0];
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          opened ??= await queue.read(() => findBlob(key));
          if (!opened) throw noBlob("there is none under that key");
          const { blob, size } = opened;
          if (done < size) {
            const bytes = await queue.read(() => readChunk(blob, number));
            if (!bytes) throw noBlob("it was deleted or replaced meanwhile");
            number += 1;
            done += bytes.byteLength;
            controller.enqueue(bytes);
          }
          if (done >= size) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  };
}

function noBlob(why: string): StoreError {
  return new StoreError("STORE_NO_BLOB", `Cannot read blob: ${why}`);
}
