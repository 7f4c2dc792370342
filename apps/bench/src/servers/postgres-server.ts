import { createPostgres } from "../internal/postgres-server.ts";
import { type SharedServer, shareServer } from "./shared-server.ts";

/** A PostgreSQL as it comes, so that every commit waits for the disk. */
export const postgres: SharedServer = shareServer(() => createPostgres({}));
