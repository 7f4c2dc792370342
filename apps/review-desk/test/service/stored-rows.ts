import { DatabaseSync } from "node:sqlite";

/** How many rows each table of a store has: what a request leaves behind shows here, whatever it is. */
export function storedRows(file: string): Record<string, number> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
      )
      .all() as { name: string }[];
    return Object.fromEntries(
      tables.map(({ name }) => {
        const row = database.prepare(`select count(*) as count from "${name}"`).get() as { count: number };
        return [name, row.count];
      }),
    );
  } finally {
    database.close();
  }
}
