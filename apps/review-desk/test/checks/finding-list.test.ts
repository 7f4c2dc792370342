import { expect, test } from "vitest";
import type { CheckFinding } from "../../src/checks/finding.ts";
import { FindingList, maxFindings } from "../../src/checks/finding-list.ts";

function at(line: number, rule = "a/b", column = 1): CheckFinding {
  return { line, column, rule, severity: "warn", message: "m" };
}

function listOf(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  const list = new FindingList();
  for (const finding of findings) list.add(finding);
  return list.end();
}

test("FindingList gives findings in order of line, column and rule", () => {
  const [a, b, c, d] = [at(1), at(2, "a/b", 1), at(2, "a/c", 1), at(2, "a/a", 5)];
  expect(listOf([d, c, b, a])).toEqual([a, b, c, d]);
});

test("FindingList gives the same finding once", () => {
  expect(listOf([at(1), at(1), at(2)])).toEqual([at(1), at(2)]);
});

test("FindingList keeps the first 200 by position and counts the rest in a last one", () => {
  const findings = Array.from({ length: 1234 }, (_, index) => at(index + 1));
  const list = listOf(findings.toReversed());
  expect(list.slice(0, maxFindings)).toEqual(findings.slice(0, maxFindings));
  expect(list.slice(maxFindings)).toEqual([
    {
      line: 200,
      rule: "review-desk/more-findings",
      severity: "info",
      message: "1034 more findings in this file are not shown",
    },
  ]);
});

test("FindingList says nothing about more when there are exactly 200", () => {
  expect(listOf(Array.from({ length: 200 }, (_, index) => at(index + 1)))).toHaveLength(200);
});
