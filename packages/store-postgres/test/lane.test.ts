import { createLane } from "@executus/lane";
import { laneConformance } from "@executus/lane/conformance";
import { persistLane } from "@executus/lane/persisted";
import { Pool } from "pg";
import { afterAll, beforeAll, test } from "vitest";
import { postgresStore, type PostgresStore } from "../src/index.ts";
import { useServer } from "./open-store.ts";

const { url } = useServer();
let pool: Pool | undefined;
let store: PostgresStore | undefined;

beforeAll(() => {
  pool = new Pool({ connectionString: url() });
  store = postgresStore({ pool });
});
afterAll(async () => {
  await store?.close();
  await pool?.end();
});

// A persisted lane can do what the lane can do that it is made of.
const { supports } = createLane({ name: "any", maxConcurrent: 1 });
laneConformance(test, {
  supports,
  create: (options) => {
    if (!store) throw new Error("The store is not open yet");
    return persistLane(createLane(options), store);
  },
});
