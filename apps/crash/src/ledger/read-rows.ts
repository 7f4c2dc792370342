import type { JobRow, PersistenceStore } from "@executus/lane/persisted";

/** So many are asked for at a time. */
const batchSize = 200;

/** The rows of these jobs, of those that have one. */
export async function readRows(
  store: PersistenceStore,
  ids: readonly string[],
): Promise<Map<string, JobRow>> {
  const rows = new Map<string, JobRow>();
  for (let start = 0; start < ids.length; start += batchSize) {
    const found = await Promise.all(ids.slice(start, start + batchSize).map((jobId) => store.getJob(jobId)));
    for (const row of found) if (row) rows.set(row.jobId, row);
  }
  return rows;
}
