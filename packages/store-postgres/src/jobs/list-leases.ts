import type { Database } from "../database/database.ts";
import type { Lease } from "./adopt-jobs.ts";

export async function listLeases(database: Database, lane: string): Promise<Lease[]> {
  const text = `select owner, count::text from ${database.schema}.leases where lane = $1`;
  interface LeaseRecord {
    readonly owner: string;
    readonly count: string;
  }
  const leases = await database.run<LeaseRecord>("Cannot list leases", text, [lane]);
  return leases.map(({ owner, count }) => ({ owner, count: Number(count) }));
}
