import { Pool } from "pg";
import type { SharedServer } from "../servers/shared-server.ts";

export interface OpenSchema {
  readonly pool: Pool;
  readonly schema: string;
  /** Drops the schema and ends the pool. */
  readonly close: () => Promise<void>;
}

let schemas = 0;

/** A pool, and the name of a schema that nobody has used; whoever uses it makes it. */
export async function openSchema(server: SharedServer, connections: number): Promise<OpenSchema> {
  const pool = new Pool({ connectionString: await server.url(), max: connections });
  const schema = `bench_${(schemas += 1)}`;
  return {
    pool,
    schema,
    close: async () => {
      await pool.query(`drop schema if exists ${schema} cascade`);
      await pool.end();
    },
  };
}
