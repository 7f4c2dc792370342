import type { Database } from "../database/database.ts";
import { functionHead } from "../database/function-head.ts";

/** A blob of which nothing more came for so long was left by a process that died. */
export const rested = "interval '24 hours'";
/** For so long a blob that was replaced is there for those who read it. */
export const readableFor = "interval '10 minutes'";
/** So many chunks are deleted in one statement: none takes long. */
const maxChunks = 64;

/**
 * Deletes chunks of a blob that no key names any more, the blob with the last of them, and gives false if there was none. A
 * writer that comes back late finds that the blob takes no more. Two that delete at once share the work.
 */
export const deleteLooseBlobsFunction: string = `
create function delete_loose_blobs(at_most bigint) returns boolean
${functionHead} as $function$
declare
  chosen uuid;
  deleted bigint;
begin
  select blob into chosen from blobs where key is null and written_at <= clock_timestamp() - ${rested}
  order by written_at limit 1 for update skip locked;
  if not found then return false; end if;
  update blobs set written_at = '-infinity' where blob = chosen and written_at > '-infinity';
  delete from blob_chunks where ctid = any (array(select ctid from blob_chunks where blob = chosen limit at_most));
  get diagnostics deleted = row_count;
  if deleted < at_most then
    delete from blobs where blob = chosen;
  end if;
  return true;
end $function$;
`;

/** Deletes all blobs that no key names any more and that nobody writes or reads. */
export async function deleteLoose(database: Database): Promise<void> {
  const text = `select ${database.schema}.delete_loose_blobs(${maxChunks})::text as found`;
  for (;;) {
    const [answer] = await database.run<{ readonly found: string }>("Cannot delete blobs", text, []);
    if (answer?.found !== "true") return;
  }
}
