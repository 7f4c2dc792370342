import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";
import { StoreError } from "../errors.ts";
import type { BlobWriter } from "../internal/write-stream.ts";
import { hashOfKey } from "./blob-key.ts";
import { deleteLoose, readableFor, rested } from "./loose-blobs.ts";

/** Gives false if the blob takes no more. */
export const writeBlobChunkFunction: string = `
create function write_blob_chunk(written uuid, chunk_number bigint, chunk_bytes bytea) returns boolean
${functionHead} as $function$
begin
  if chunk_number = 0 then
    insert into blobs (blob) values (written) on conflict do nothing;
  end if;
  update blobs set written_at = clock_timestamp() where blob = written and key is null and written_at > '-infinity';
  if not found then return false; end if;
  if length(chunk_bytes) > 0 then
    insert into blob_chunks (blob, number, bytes) values (written, chunk_number, chunk_bytes) on conflict do nothing;
  end if;
  return true;
end $function$;
`;

/**
 * Writes the last chunk and puts the blob in the place of the one that had its key. That one is there for its readers for a while.
 *
 * Two that come at the same time meet at the index of keys: the second is done again, and replaces what the first has named.
 */
export const nameBlobFunction: string = `
create function name_blob(written uuid, chunk_number bigint, chunk_bytes bytea, new_key bytea, full_size bigint) returns boolean
${functionHead} as $function$
begin
  if not write_blob_chunk(written, chunk_number, chunk_bytes) then
    return false;
  end if;
  update blobs set key = null, written_at = clock_timestamp() - ${rested} + ${readableFor} where key = new_key;
  update blobs set key = new_key, size = full_size where blob = written;
  return true;
exception when unique_violation then
  raise exception 'a key was used by others meanwhile' using errcode = 'serialization_failure';
end $function$;
`;

const action = "Cannot put blob";

/** Chunks are committed as they come, under an id that nobody knows yet: only the last statement names them. */
export function blobWriter(database: Database, key: string): BlobWriter {
  const { schema } = database;
  const blob = crypto.randomUUID();
  let number = 0;
  let mayBeThere = false;

  async function write(call: string, values: readonly unknown[]): Promise<void> {
    const text = `select ${schema}.${call}::text as kept`;
    mayBeThere = true;
    const [answer] = await database.call(action, () =>
      database.run<{ readonly kept: string }>(action, text, [blob, number, ...values]),
    );
    if (answer?.kept === "true") return;
    const message = `${action}: its stream rested for so long that it was given up`;
    throw new StoreError("STORE_FAILED", message, { retryable: true });
  }

  return {
    async append(bytes) {
      await write("write_blob_chunk($1, $2, $3)", [
        Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
      ]);
      number += 1;
    },
    async finish(bytes, size) {
      const last = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      await write("name_blob($1, $2, $3, $4, $5)", [last, hashOfKey(key), size]);
      mayBeThere = false;
      // It is there, whatever becomes of what was there long before.
      await database.call(action, () => deleteLoose(database)).catch(() => {});
    },
    async abandon() {
      if (!mayBeThere) return;
      const text = `update ${schema}.blobs set written_at = '-infinity' where blob = $1 and key is null`;
      await database
        .call(action, async () => {
          await database.run(action, text, [blob]);
          await deleteLoose(database);
        })
        .catch(() => {});
    },
  };
}
