import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";
import { checkRunIds } from "./check-arguments.ts";

export function createRequestCancel(database: DatabaseSync): (runId: string) => Work<boolean> {
  const request = database.prepare("UPDATE runs SET cancel_requested = 1 WHERE run_id = ? AND state = 0");
  return (runId) => {
    requireId(runId, "Cannot request cancel", "runId");
    return () => request.run(runId).changes === 1;
  };
}

export function createListCancels(database: DatabaseSync): (runIds: readonly string[]) => Work<string[]> {
  const find = database.prepare(
    "SELECT run_id FROM runs WHERE run_id IN (SELECT value FROM json_each(?)) AND cancel_requested = 1",
  );
  return (runIds) => {
    checkRunIds(runIds);
    const given = JSON.stringify(runIds);
    return () => find.all(given).map(({ run_id: runId }) => String(runId));
  };
}
