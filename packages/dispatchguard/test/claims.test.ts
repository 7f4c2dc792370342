import { expect, test } from "vitest";
import { type Claims, readClaims, writeClaims } from "../src/lease/claims.ts";

const claims: Claims = {
  leaseId: "l",
  audience: "worker",
  expiresAt: 1000,
  rootId: "r",
  path: [{ kind: "agent", id: "a" }],
  limits: {
    maxDepth: 2,
    maxVisits: 1,
    maxFanOut: Infinity,
    maxConcurrent: 20,
    maxDispatches: 5,
    deadlineAt: Infinity,
    budgets: { tokens: 1.5 },
  },
};

test("readClaims() reads what writeClaims() wrote, Infinity included", () => {
  expect(readClaims(writeClaims(claims))).toEqual(claims);
});

// Signed by a program with the secret, and still no way to raise or to break anything.
test.each<[string, (json: string) => string]>([
  ["no JSON", () => "{"],
  ["no array", () => "{}"],
  ["a part too few", (json) => json.replace(',[["tokens",1.5]]', "")],
  ["an empty path", (json) => json.replace('[["agent","a"]]', "[]")],
  ["a path entry without an id", (json) => json.replace('["agent","a"]', '["agent"]')],
  ["a negative limit", (json) => json.replace("[2,", "[-2,")],
  ["a limit that is a string", (json) => json.replace("[2,", '["2",')],
  ["a limit too few", (json) => json.replace("[2,", "[")],
  ["a negative budget", (json) => json.replace("1.5", "-1.5")],
  ["a budget that is NaN", (json) => json.replace("1.5", '"NaN"')],
  ["an expiry that is no number", (json) => json.replace("1000", "null")],
  ["no root", (json) => json.replace('"r"', '""')],
])("readClaims() refuses %s", (_name, change) => {
  const json = writeClaims(claims);
  expect(change(json)).not.toBe(json);
  expect(readClaims(change(json))).toBeUndefined();
});
