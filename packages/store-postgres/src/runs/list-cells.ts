import type { Database } from "../database/database.ts";
import { readPages } from "../database/read-pages.ts";
import type { StoredCell } from "../internal/run.ts";

export function listCells(database: Database, runId: string): Promise<StoredCell[]> {
  const { schema } = database;
  const text = `select cell, value from ${schema}.run_cells
    where run = (select sequence from ${schema}.runs where run_id = $1) and cell > $2 order by cell limit $3`;
  // No name is empty: the first comes behind that.
  return readPages(Number.POSITIVE_INFINITY, (atMost, last: StoredCell | undefined) =>
    database.run<StoredCell>("Cannot list cells", text, [runId, last?.cell ?? "", atMost]),
  );
}
