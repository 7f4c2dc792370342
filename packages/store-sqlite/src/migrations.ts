import type { Migrations } from "./database/migrate.ts";
import { deliverySchema } from "./deliveries/schema.ts";
import { jobSchema } from "./jobs/schema.ts";
import { cancelSchema, runSchema } from "./runs/schema.ts";

/** What leads from each version of the schema to the next, in order. */
export const migrations: Migrations = [jobSchema, runSchema, deliverySchema, cancelSchema];
