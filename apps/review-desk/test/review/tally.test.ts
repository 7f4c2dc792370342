import { expect, test } from "vitest";
import type { Finding } from "../../src/review/finding.ts";
import type { ReviewFile } from "../../src/repository/review-file.ts";
import { Tally } from "../../src/review/tally.ts";

function finding(changes: Partial<Finding> = {}): Finding {
  return {
    path: "a.ts",
    line: 1,
    severity: "warn",
    rule: "no-empty",
    message: "Empty block",
    evidence: "",
    source: "check",
    reviewer: "correctness",
    models: ["rules"],
    ...changes,
  };
}

test("Tally gives findings gravest first, then by path, line and rule, in whichever order they came", () => {
  const expected = [
    finding({ severity: "error", path: "z.ts" }),
    finding({ path: "B.ts" }),
    finding({ path: "a.ts", line: 2 }),
    finding({ path: "a.ts", line: 10 }),
    finding({ severity: "info", path: "a.ts", rule: "x" }),
  ];
  for (const order of [expected, expected.toReversed()]) {
    const tally = new Tally();
    for (const one of order) tally.done([one], 0);
    expect(tally.result().findings).toEqual(expected);
  }
});

test("Tally counts the same rule at the same line once, with every model that saw it", () => {
  const tally = new Tally();
  expect(tally.done([finding({ models: ["b"], source: "model", severity: "info" })], 0)).toHaveLength(1);
  expect(tally.done([finding({ models: ["a"] })], 0)).toHaveLength(0);
  expect(tally.result().findings).toEqual([finding({ models: ["a", "b"] })]);
});

test("Tally gives the same findings whichever model came first", () => {
  const one = finding({ models: ["a"], message: "One" });
  const other = finding({ models: ["b"], message: "Other", source: "model" });
  const results = [
    [one, other],
    [other, one],
  ].map((order) => {
    const tally = new Tally();
    for (const each of order) tally.done([each], 0);
    return tally.result();
  });
  expect(results[0]).toEqual(results[1]);
});

function file(path: string, note?: string): ReviewFile {
  return { kind: "file", path, status: "tracked", bytes: 1, lineCount: 1, note };
}

test("Tally counts cells, failures and skipped files", () => {
  const tally = new Tally();
  tally.file(file("a.ts"), 4);
  tally.file(file("b.ts", "all lines count"), 4);
  tally.skip({ kind: "skipped", path: "z.png", why: "binary" });
  tally.skip({ kind: "skipped", path: "a.png", why: "binary" });
  tally.done([], 3);
  tally.fail({ path: "a.ts", reviewer: "secrets", model: "rules", message: "no" });
  expect(tally.result()).toMatchObject({
    files: 2,
    cells: { total: 8, done: 1, failed: 1 },
    dropped: 3,
    fileNotes: ["b.ts: all lines count"],
    skipped: [{ path: "a.png" }, { path: "z.png" }],
  });
});
