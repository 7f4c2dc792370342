import type { Database } from "../database/database.ts";
import { StoreError } from "../errors.ts";
import { hashOfKey } from "./blob-key.ts";

const action = "Cannot read blob";

interface ChunkRecord {
  readonly blob: string;
  readonly size: string;
  /** In hexadecimal digits; `null` where there is none. */
  readonly bytes: string | null;
}

/** Reads a chunk when it is asked for, and nothing before. The first statement finds the blob and its first chunk. */
export function openBlob(database: Database, key: string): ReadableStream<Uint8Array> {
  const { schema } = database;
  const firstText = `select found.blob::text, size::text, encode(bytes, 'hex') as bytes from ${schema}.blobs as found
    left join ${schema}.blob_chunks as chunk on chunk.blob = found.blob and chunk.number = 0 where key = $1`;
  const nextText = `select encode(bytes, 'hex') as bytes from ${schema}.blob_chunks where blob = $1 and number = $2`;
  const read = async (text: string, values: unknown[]): Promise<ChunkRecord | undefined> =>
    (await database.call(action, () => database.run<ChunkRecord>(action, text, values)))[0];

  let opened: { readonly blob: string; readonly size: number } | undefined;
  let [number, done] = [0, 0];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let record: ChunkRecord | undefined;
        if (opened) record = await read(nextText, [opened.blob, number]);
        else {
          record = await read(firstText, [hashOfKey(key)]);
          if (!record) throw noBlob("there is none under that key");
          opened = { blob: record.blob, size: Number(record.size) };
        }
        if (done < opened.size) {
          if (!record?.bytes) throw noBlob("it was deleted or replaced meanwhile");
          // A copy: small buffers share their memory with others.
          const bytes = new Uint8Array(Buffer.from(record.bytes, "hex"));
          number += 1;
          done += bytes.byteLength;
          controller.enqueue(bytes);
        }
        if (done >= opened.size) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

function noBlob(why: string): StoreError {
  return new StoreError("STORE_NO_BLOB", `${action}: ${why}`, { retryable: false });
}
