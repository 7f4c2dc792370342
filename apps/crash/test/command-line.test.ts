import { expect, test } from "vitest";
import { redisProgram } from "../src/internal/redis-server.ts";
import { readCommandLine } from "../src/command-line.ts";

test("readCommandLine() kills at least 500 workers on every store when nothing is asked for", () => {
  const { stores, names, kills } = readCommandLine([], {});
  expect(stores).toEqual(redisProgram ? ["sqlite", "postgres", "redis"] : ["sqlite", "postgres"]);
  expect(names).toBeUndefined();
  expect(kills).toBeGreaterThanOrEqual(500);
});

test("readCommandLine() takes what is asked for", () => {
  const args = [
    "--kills",
    "7",
    "--seed",
    "3",
    "--store",
    "sqlite",
    "--scenario",
    "stalls",
    "--scenario",
    "fenced",
  ];
  expect(readCommandLine(args, { EXECUTUS_SEED: "5" })).toMatchObject({
    stores: ["sqlite"],
    names: ["stalls", "fenced"],
    kills: 7,
    seed: 3,
  });
});

test("readCommandLine() takes the seed of EXECUTUS_SEED when none is asked for", () => {
  expect(readCommandLine([], { EXECUTUS_SEED: "5" }).seed).toBe(5);
});

test.each([
  ["--kills is a whole number of at least 1: received 0", ["--kills", "0"]],
  ["--seed is a whole number of at least 0: received x", ["--seed", "x"]],
  ["--store is sqlite, postgres, redis or all: received mysql", ["--store", "mysql"]],
  ["there is no scenario none", ["--scenario", "none"]],
  ["Unknown option '--kill'", ["--kill"]],
])("readCommandLine() throws a TypeError when %s", (message, args) => {
  expect(() => readCommandLine(args, {})).toThrow(TypeError);
  expect(() => readCommandLine(args, {})).toThrow(message);
});
