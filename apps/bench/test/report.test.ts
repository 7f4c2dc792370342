import { expect, test } from "vitest";
import type { Case } from "../src/measure/case.ts";
import { reportCase } from "../src/report/case-report.ts";
import { exitCodeOf } from "../src/report/exit-code.ts";
import { formatCase } from "../src/report/format-case.ts";
import { formatNumber } from "../src/report/format-number.ts";
import { formatTable } from "../src/report/format-table.ts";

const measure = async (): Promise<number[]> => [0];
const demo: Case = {
  name: "demo",
  title: "jobs",
  columns: ["ns/job"],
  raw: "raw",
  process: "case",
  entries: [
    { name: "raw", kind: "raw", count: 1_000, measure },
    { name: "peer", kind: "peer", count: 50, note: "slow", measure },
    { name: "lane", kind: "ours", count: 1_000, measure },
  ],
  targets: [
    { level: "must", ours: "lane", against: "peer", atMost: 0.8 },
    { level: "goal", ours: "lane", against: "raw", atMost: 1.5 },
    { level: "must", ours: "lane", atMost: 200 },
  ],
};
const figures = {
  raw: [[100], [90], [1_000]],
  peer: [[400], [410], [390]],
  lane: [[210], [200], [190]],
};

test("formatCase() shows medians, ratios to the raw limit and ranges, notes, and a verdict on each target", () => {
  expect(formatCase(reportCase(demo, figures, { quick: false }))).toBe(`demo: jobs

contestant   jobs  ns/job  x raw  lowest - highest
----------  -----  ------  -----  ----------------
raw         1,000     100      1        90 - 1,000
peer           50     400      4         390 - 410
lane        1,000     200      2         190 - 210
note: peer: slow
met    must: lane <= 0.8 x peer: reached 0.50 x (lowest rounds: 0.49)
MISSED goal: lane <= 1.5 x raw: reached 2 x (lowest rounds: 2.11)
met    must: lane <= 200 ns/job: reached 200 ns/job (lowest rounds: 190)
`);
});

test("reportCase() takes a target's ratio from the medians of both", () => {
  const { verdicts } = reportCase(demo, figures, { quick: false });
  expect(verdicts.map(({ reached, isMet }) => [reached, isMet])).toEqual([
    [0.5, true],
    [2, false],
    [200, true],
  ]);
});

test("formatCase() shows a target that figures have to reach, and the notes of the case", () => {
  const rates: Case = {
    ...demo,
    columns: ["jobs/s"],
    targets: [
      { level: "must", ours: "lane", against: "raw", atLeast: 2 },
      { level: "goal", ours: "lane", atLeast: 300 },
    ],
    notes: ["nobody is missing"],
  };
  expect(
    formatCase(reportCase(rates, figures, { quick: false }))
      .split("\n")
      .slice(-4),
  ).toEqual([
    "note: nobody is missing",
    "met    must: lane >= 2 x raw: reached 2 x (highest rounds: 0.21)",
    "MISSED goal: lane >= 300 jobs/s: reached 200 jobs/s (highest rounds: 210)",
    "",
  ]);
});

test("exitCodeOf() gives 1 for a missed must, and only when that is asked for", () => {
  const report = reportCase(demo, figures, { quick: false });
  const missed = {
    ...report,
    verdicts: report.verdicts.map((verdict) => ({ ...verdict, level: "must" as const })),
  };
  expect(exitCodeOf([report], true)).toBe(0);
  expect(exitCodeOf([report, missed], true)).toBe(1);
  expect(exitCodeOf([report, missed], false)).toBe(0);
});

test("formatTable() puts the first column to the left and the others to the right", () => {
  expect(formatTable(["name", "n"], [["a", "1000"]])).toEqual(["name     n", "----  ----", "a     1000"]);
});

test("formatNumber() shows what means something", () => {
  const values = [1_234_567.8, 123.4, 12.34, 1.234, 0.01234, 7, Number.NaN];
  expect(values.map(formatNumber)).toEqual(["1,234,568", "123", "12.3", "1.23", "0.01", "7", "-"]);
});
