import { createRedis, redisProgram } from "../../packages/lane-bullmq/test/internal/redis-server.ts";
import { createPostgres } from "../../packages/store-postgres/test/internal/postgres-server.ts";

/** A server that an example talks to. */
export interface ExampleServer {
  readonly env: Readonly<Record<string, string>>;
  /** What the example prints with it, where its README shows what happens without. */
  readonly output: string;
  readonly stop: () => Promise<void>;
}

/** Starts the server that a package is for, if it is for one that this machine has. */
export async function startServer(packageName: string): Promise<ExampleServer | undefined> {
  if (packageName === "@executus/store-postgres") {
    const server = await createPostgres();
    return { env: { DATABASE_URL: server.url }, output: "run-7 is queued", stop: server.remove };
  }
  if (packageName === "@executus/lane-bullmq" && redisProgram !== undefined) {
    const server = await createRedis();
    return { env: { REDIS_URL: server.url }, output: "hello Ada", stop: server.remove };
  }
  return undefined;
}
