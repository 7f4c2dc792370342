import process from "node:process";
import { expect, test } from "vitest";
import { hasRedis, howToGet, program } from "./redis/redis-program.ts";

const isRequired = (process.env["EXECUTUS_REQUIRE"] ?? "").split(",").includes("redis");

test("a Redis is there where EXECUTUS_REQUIRE names it, and where none is one line says how to get it", () => {
  const missing = hasRedis ? "tests that restart a Redis" : "all tests with a Redis";
  if (program === undefined) process.stdout.write(`lane-bullmq skips ${missing}: ${howToGet}\n`);
  expect(isRequired && !hasRedis).toBe(false);
});
