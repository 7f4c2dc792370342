import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { createPostgres, type PostgresServer } from "../internal/postgres-server.ts";
import {
  createRedis,
  givenRedis,
  hasRedis,
  howToGetRedis,
  isRedisRequired,
  type RedisServer,
} from "../internal/redis-server.ts";

/** A PostgreSQL for the tests of a file. Gives settings of a store that nobody else has. */
export function usePostgres(): () => Record<string, string> {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await createPostgres();
  });
  afterAll(() => server?.remove());
  return () => ({ EXECUTUS_STORE: server.url, EXECUTUS_STORE_SCHEMA: `desk-${randomUUID()}` });
}

/**
 * The Redis of `REDIS_URL`, or one for the tests of a file. Where there is neither, they are skipped, unless `EXECUTUS_REQUIRE` names
 * it. Gives settings of lanes that nobody else has.
 */
export function useRedis(): () => Record<string, string> {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (!hasRedis && isRedisRequired) throw new Error(`There is no Redis: ${howToGetRedis}`);
    if (!hasRedis) process.stdout.write(`review-desk skips tests with a Redis: ${howToGetRedis}\n`);
    if (givenRedis === undefined && hasRedis) server = await createRedis();
  });
  afterAll(() => server?.remove());
  beforeEach(({ skip }) => skip(!hasRedis, howToGetRedis));
  return () => ({
    EXECUTUS_LANES_URL: givenRedis ?? server?.url ?? "",
    EXECUTUS_LANES_PREFIX: `review-desk-${randomUUID()}`,
  });
}
