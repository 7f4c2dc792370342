import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { LongWork, Work } from "../database/work.ts";
import { checkCell } from "./check-arguments.ts";
import { readInSteps } from "./read-in-steps.ts";
import type { StoredCell } from "../internal/run.ts";

export function createPutCell(database: DatabaseSync): (runId: string, cell: StoredCell) => Work<boolean> {
  const insert = database.prepare(
    "INSERT INTO run_cells (run, cell, value) SELECT sequence, ?, ? FROM runs WHERE run_id = ? ON CONFLICT DO NOTHING",
  );
  const find = database.prepare(
    "SELECT 1 FROM run_cells WHERE run = (SELECT sequence FROM runs WHERE run_id = ?) AND cell = ? AND value = ?",
  );
  return (runId, given) => {
    checkCell(runId, given);
    const { cell, value } = given;
    return () => insert.run(cell, value, runId).changes === 1 || find.get(runId, cell, value) !== undefined;
  };
}

export function createListCells(database: DatabaseSync): (runId: string) => LongWork<unknown, StoredCell[]> {
  const find = database.prepare(
    `SELECT cell, value FROM run_cells
     WHERE run = (SELECT sequence FROM runs WHERE run_id = ?) AND cell > ? ORDER BY cell LIMIT ?`,
  );
  return (runId) => {
    requireId(runId, "Cannot list cells", "runId");
    // No name is empty: the first comes behind that.
    return readInSteps(Number.POSITIVE_INFINITY, (most, last: StoredCell | undefined) =>
      find
        .all(runId, last?.cell ?? "", most)
        .map(({ cell, value }) => ({ cell: String(cell), value: String(value) })),
    );
  };
}
