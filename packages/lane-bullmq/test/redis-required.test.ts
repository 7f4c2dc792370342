import process from "node:process";
import { expect, test } from "vitest";
import { hasRedis, howToGetRedis, isRedisRequired, redisProgram } from "./internal/redis-server.ts";

test("a Redis is there where EXECUTUS_REQUIRE names it, and where none is one line says how to get it", () => {
  const missing = hasRedis ? "tests that restart a Redis" : "all tests with a Redis";
  if (redisProgram === undefined) process.stdout.write(`lane-bullmq skips ${missing}: ${howToGetRedis}\n`);
  expect(isRedisRequired && !hasRedis).toBe(false);
});
