import { afterAll, beforeAll, test, type TestAPI } from "vitest";
import { givenUrl, hasRedis, program } from "./redis-program.ts";
import { createRedis, type RedisServer } from "./redis-server.ts";

/** A test that needs a Redis; skipped where there is none. */
export const redisTest: TestAPI = test.skipIf(!hasRedis) as TestAPI;
/** A test that stops and starts a Redis of its own. */
export const serverTest: TestAPI = test.skipIf(program === undefined) as TestAPI;

/** The Redis of `REDIS_URL`, or one that is started before the tests of a file and removed after them. */
export function useRedis(): () => string {
  let server: RedisServer | undefined;
  beforeAll(async () => {
    if (!givenUrl && program) server = await createRedis(false);
  });
  afterAll(() => server?.remove());
  return () => givenUrl ?? server?.url ?? "";
}
