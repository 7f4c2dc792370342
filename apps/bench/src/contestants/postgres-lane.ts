import { createLane } from "@executus/lane";
import { persistLane } from "@executus/lane/persisted";
import { postgresStore } from "@executus/store-postgres";
import type { SharedServer } from "../servers/shared-server.ts";
import type { DurableContestant } from "./durable-contestant.ts";
import { openSchema } from "./postgres-schema.ts";

const connections = 16;

/** Ours on a server, with as many connections as the others get. */
export function laneOnPostgres(server: SharedServer): DurableContestant {
  return {
    name: "persistLane on PostgreSQL",
    kind: "ours",
    open: async (maxConcurrent) => {
      const { pool, schema, close } = await openSchema(server, connections);
      const store = postgresStore({ pool, schema });
      await store.migrate();
      const lane = persistLane(createLane({ name: "bench", maxConcurrent }), store);
      return {
        add: (work, { id, metadata }) => lane.submitWait({ id, metadata, run: work }),
        close: async () => {
          await lane.close();
          await store.close();
          await close();
        },
      };
    },
  };
}
