import type { DatabaseSync } from "node:sqlite";
import type { Transaction } from "../database/work.ts";

/** When a blob was written that is to be deleted: before all others. */
export const looseAt: number = Number.MIN_SAFE_INTEGER;
/** A blob of which nothing more came for so long was left by a process that died. */
const restMs = 24 * 3_600_000;
/** For so long a blob that was replaced is there for those who read it. */
const readMs = 600_000;
/** So many chunks are deleted at once. */
const stepSize = 8;

/** When a blob that is replaced now counts as written, so that it is deleted once its readers had their time. */
export function replacedAt(at: number): number {
  return at - restMs + readMs;
}

/** Deletes blobs that no key names any more until the transaction has no time left, and gives true if there are no more. */
export function createDeleteLoose(database: DatabaseSync): (transaction: Transaction) => boolean {
  const find = database.prepare(
    "SELECT blob FROM blobs WHERE key IS NULL AND written_at <= ? ORDER BY written_at, blob LIMIT 1",
  );
  // Whoever writes it comes back too late from now on, also between two transactions.
  const doom = database.prepare("UPDATE blobs SET written_at = ?1 WHERE blob = ?2 AND written_at > ?1");
  const removeChunks = database.prepare(
    `DELETE FROM blob_chunks WHERE blob = ?
       AND number < (SELECT min(number) FROM blob_chunks AS chunks WHERE chunks.blob = ?) + ${stepSize}`,
  );
  const remove = database.prepare("DELETE FROM blobs WHERE blob = ?");

  return ({ at, isSpent }) => {
    do {
      const blob = find.get(at - restMs)?.["blob"];
      if (typeof blob !== "number") return true;
      doom.run(looseAt, blob);
      if (Number(removeChunks.run(blob, blob).changes) < stepSize) remove.run(blob);
    } while (!isSpent());
    return false;
  };
}
