import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { LongWork } from "../database/work.ts";
import { createDeleteLoose, looseAt } from "./delete-loose.ts";

/** Takes the key away at once, and deletes the bytes in as many transactions as it takes. */
export function createDeleteBlob(database: DatabaseSync): (key: string) => LongWork<boolean, true> {
  const loosen = database.prepare("UPDATE blobs SET key = NULL, written_at = ? WHERE key = ?");
  const deleteLoose = createDeleteLoose(database);
  return (key) => {
    requireId(key, "Cannot delete blob", "key");
    let isLoose = false;
    return {
      run: (transaction) => {
        // Only once: meanwhile another one may be put under the key.
        if (!isLoose) loosen.run(looseAt, key);
        return deleteLoose(transaction);
      },
      add: (isClean) => {
        isLoose = true;
        return isClean || undefined;
      },
    };
  };
}
