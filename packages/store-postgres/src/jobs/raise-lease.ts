import type { Database } from "../database/database.ts";

export async function raiseLease(database: Database, lane: string, owner: string): Promise<number> {
  const text = `insert into ${database.schema}.leases as lease (lane, owner, count) values ($1, $2, 1)
    on conflict (lane, owner) do update set count = lease.count + 1 returning count::text`;
  const values = [lane, owner];
  const [lease] = await database.run<{ readonly count: string }>("Cannot raise lease", text, values);
  return Number(lease?.count);
}
