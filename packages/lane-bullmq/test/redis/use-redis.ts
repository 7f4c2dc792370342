import { afterAll, beforeAll, beforeEach } from "vitest";
import { givenUrl, hasRedis, howToGet, program } from "./redis-program.ts";
import { createRedis, type RedisServer } from "./redis-server.ts";

/**
 * The Redis of `REDIS_URL`, or one that is started before the tests of a file and removed after them. Where there is neither,
 * they are skipped.
 */
export function useRedis(): () => string {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (!givenUrl && program) server = await createRedis(false);
  });
  afterAll(() => server?.remove());
  beforeEach(({ skip }) => skip(!hasRedis, howToGet));
  return () => givenUrl ?? server?.url ?? "";
}

/** For tests that start and stop a server of their own. */
export function useRedisProgram(): void {
  beforeEach(({ skip }) => skip(program === undefined, howToGet));
}
