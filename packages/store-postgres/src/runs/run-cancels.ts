import type { Database } from "../database/database.ts";

/** A version of its own: whose end was asked for, by whichever process. */
export const runCancelTables: string = `
alter table runs add column cancel_requested boolean not null default false;
`;

export async function requestCancel(database: Database, runId: string): Promise<boolean> {
  const text = `update ${database.schema}.runs set cancel_requested = true
    where run_id = $1 and state = 'open' returning run_id`;
  return (await database.run<unknown>("Cannot request cancel", text, [runId])).length > 0;
}

export async function listCancels(database: Database, runIds: readonly string[]): Promise<string[]> {
  const text = `select run_id from ${database.schema}.runs where run_id = any($1) and cancel_requested`;
  const records = await database.run<{ readonly run_id: string }>("Cannot list cancels", text, [runIds]);
  return records.map(({ run_id: runId }) => runId);
}
