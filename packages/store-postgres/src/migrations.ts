import { blobTables } from "./blobs/tables.ts";
import { deliveryTables } from "./deliveries/tables.ts";
import { jobTables } from "./jobs/tables.ts";
import { partTables } from "./parts/tables.ts";
import { runCancelTables } from "./runs/run-cancels.ts";
import { runTables } from "./runs/tables.ts";

/**
 * What brings the tables from one version to the next, in order. A published one is never changed, only added to, and what
 * the version before calls stays callable, so that its processes can run on while others are replaced.
 */
export const migrations: readonly string[] = [
  jobTables,
  runTables,
  [deliveryTables, blobTables, partTables].join("\n"),
  runCancelTables,
];
