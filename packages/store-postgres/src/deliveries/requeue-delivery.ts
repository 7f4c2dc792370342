import type { Database } from "../database/database.ts";

/** Nobody has it afterwards: who settled it before cannot settle it again. */
export async function requeueDelivery(database: Database, key: string): Promise<boolean> {
  const text = `update ${database.schema}.deliveries
    set state = 'queued', attempts = 0, claimant = null, ready_at = '-infinity', ended_at = null
    where key = $1 and state in ('partial', 'failed', 'unknown', 'discarded') returning key`;
  return (await database.run("Cannot queue delivery", text, [key])).length === 1;
}
