import type { DatabaseSync } from "node:sqlite";
import type { Transaction } from "../database/work.ts";

/** So many rows are deleted at once. Each may be large. */
const stepSize = 100;

/** Deletes events and cells of purged runs until the transaction has no time left, and gives true if there are no more. */
export function createDeleteLeftovers(database: DatabaseSync): (transaction: Transaction) => boolean {
  const find = database.prepare("SELECT min(run) AS run FROM purged_runs");
  const removeEvents = database.prepare(
    `DELETE FROM run_events WHERE run = ?
       AND number < (SELECT min(number) FROM run_events AS events WHERE events.run = ?) + ${stepSize}`,
  );
  const removeCells = database.prepare(
    `DELETE FROM run_cells WHERE run = ?
       AND cell IN (SELECT cell FROM run_cells AS cells WHERE cells.run = ? ORDER BY cell LIMIT ${stepSize})`,
  );
  const forget = database.prepare("DELETE FROM purged_runs WHERE run = ?");

  return ({ isSpent }) => {
    do {
      const run = find.get()?.["run"];
      if (typeof run !== "number") return true;
      const { changes } = removeEvents.run(run, run);
      if (Number(changes) + Number(removeCells.run(run, run).changes) === 0) forget.run(run);
    } while (!isSpent());
    return false;
  };
}
