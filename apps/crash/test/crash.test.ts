import { randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { crash } from "../src/crash.ts";
import { redisProgram } from "../src/internal/redis-server.ts";

const seed = Number(process.env["EXECUTUS_SEED"] ?? randomInt(2 ** 31));

test("crash() finds nothing lost, started twice or left running in a short run on both stores", async () => {
  const lines: string[] = [];
  const code = await crash(
    {
      stores: ["sqlite", "postgres"],
      names: [
        "one-process",
        "two-processes",
        "requeue-two",
        "stalls",
        "harness",
        "harness-two",
        "takeover",
        "fenced",
      ],
      kills: 36,
      seed,
      width: 4,
    },
    (line) => lines.push(line),
  );
  const report = lines.join("\n");
  expect(report).toMatch(/\nkills \d+, accepted [1-9]\d*, lost 0, started twice 0, left running 0$/);
  // With the whole report, so that a failure says what was wrong.
  expect({ code, report }).toEqual({ code: 0, report });
  expect(Number(/^kills (\d+)/.exec(lines.at(-1) ?? "")?.[1])).toBeGreaterThanOrEqual(25);
}, 240_000);

test.skipIf(redisProgram === undefined)(
  "crash() finds nothing lost, started twice or left running in a short run on Redis",
  async () => {
    const lines: string[] = [];
    const names = ["cluster-two", "cluster-stalls"];
    const code = await crash({ stores: ["redis"], names, kills: 10, seed, width: 2 }, (line) =>
      lines.push(line),
    );
    expect(lines.join("\n")).toMatch(
      /\nkills \d+, accepted [1-9]\d*, lost 0, started twice 0, left running 0$/,
    );
    expect(code).toBe(0);
  },
);
