import type { DatabaseSync } from "node:sqlite";
import { requireId } from "../internal/check-values.ts";
import type { Work } from "../database/work.ts";

export function createRequeueDelivery(database: DatabaseSync): (key: string) => Work<boolean> {
  // Nobody has it: who settled it before cannot settle it again.
  const requeue = database.prepare(
    `UPDATE deliveries SET state = 0, attempts = 0, claimant = NULL, ready_at = NULL, ended_at = NULL
     WHERE key = ? AND state > 2`,
  );
  return (key) => {
    requireId(key, "Cannot queue delivery", "key");
    return () => requeue.run(key).changes === 1;
  };
}
