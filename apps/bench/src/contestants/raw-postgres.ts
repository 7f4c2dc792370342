import type { SharedServer } from "../servers/shared-server.ts";
import type { DurableContestant } from "./durable-contestant.ts";
import { openSchema } from "./postgres-schema.ts";

const connections = 16;

/** As most would write it: three prepared statements for each job, each of which is a transaction. */
export function rawPostgres(server: SharedServer): DurableContestant {
  return {
    name: `raw: pg, 3 statements, ${connections} connections`,
    kind: "raw",
    open: async () => {
      const { pool, schema, close } = await openSchema(server, connections);
      const table = `${schema}.jobs`;
      await pool.query(`create schema ${schema}`);
      await pool.query(`create table ${table} (sequence bigint generated always as identity primary key,
        job_id text not null unique, lane text not null, owner text not null, state smallint not null,
        metadata bytea not null, enqueued_at timestamptz not null, started_at timestamptz, ended_at timestamptz)`);
      await pool.query(`create index on ${table} (lane, owner, sequence) where state < 2`);
      const enqueue = {
        name: "enqueue",
        text: `insert into ${table} (job_id, lane, owner, state, metadata, enqueued_at)
          values ($1, 'bench', 'raw', 0, $2, now())`,
      };
      const start = {
        name: "start",
        text: `update ${table} set state = 1, started_at = now() where job_id = $1 and state = 0`,
      };
      const finish = {
        name: "finish",
        text: `update ${table} set state = 2, ended_at = now() where job_id = $1 and state = 1`,
      };
      return {
        add: async (work, { id, metadata }) => {
          await pool.query(enqueue, [id, metadata]);
          await pool.query(start, [id]);
          await work();
          await pool.query(finish, [id]);
        },
        close,
      };
    },
  };
}
