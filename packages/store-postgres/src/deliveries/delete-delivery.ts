import type { Database } from "../database/database.ts";

export async function deleteDelivery(database: Database, key: string): Promise<boolean> {
  const text = `delete from ${database.schema}.deliveries where key = $1 and ended_at is not null returning key`;
  return (await database.run("Cannot delete delivery", text, [key])).length === 1;
}
