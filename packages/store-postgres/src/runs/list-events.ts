import type { Database } from "../database/database.ts";
import { readPages } from "../database/read-pages.ts";
import type { EventListOptions, StoredRunEvent } from "../internal/run.ts";

const defaultLimit = 1_000;

export function listEvents(
  database: Database,
  runId: string,
  { afterNumber = 0, limit = defaultLimit }: EventListOptions,
): Promise<StoredRunEvent[]> {
  const { schema } = database;
  const text = `select number::text, event from ${schema}.run_events as stored
    where run = (select sequence from ${schema}.runs where run_id = $1) and stored.number > $2
    order by stored.number limit $3`;
  return readPages(limit, async (atMost, last: StoredRunEvent | undefined) => {
    const values = [runId, last?.number ?? afterNumber, atMost];
    const records = await database.run<{ number: string; event: string }>("Cannot list events", text, values);
    return records.map(({ number, event }) => ({ number: Number(number), event }));
  });
}
