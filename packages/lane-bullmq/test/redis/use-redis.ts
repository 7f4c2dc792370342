import { afterAll, beforeAll, beforeEach } from "vitest";
import {
  createRedis,
  givenRedis,
  hasRedis,
  howToGetRedis,
  redisProgram,
  type RedisServer,
} from "../internal/redis-server.ts";

/**
 * The Redis of `REDIS_URL`, or one that is started before the tests of a file and removed after them. Where there is neither,
 * they are skipped.
 */
export function useRedis(): () => string {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (givenRedis === undefined && hasRedis) server = await createRedis();
  });
  afterAll(() => server?.remove());
  beforeEach(({ skip }) => skip(!hasRedis, howToGetRedis));
  return () => givenRedis ?? server?.url ?? "";
}

/** For tests that start and stop a server of their own. */
export function useRedisProgram(): void {
  beforeEach(({ skip }) => skip(redisProgram === undefined, howToGetRedis));
}
