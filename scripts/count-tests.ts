/**
 * Prints `N passed, N failed` from vitest's JSON report: `node scripts/count-tests.ts <report> <exit code of the run>`.
 * Exits with 1 unless all passed. What the report does not show as a failed test still counts as one: a file that
 * could not be loaded, an error outside of any test, a run without tests, a report that is not there.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { isMain } from "./workspace/is-main.ts";

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Counts the tests of a report; `undefined` stands for one that could not be read. */
export function countTests(report: Report | undefined, exitCode: number): Counts {
  if (!report) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests, testResults } = report;
  const brokenFiles = testResults.filter(({ status, assertionResults }) => {
    return status === "failed" && !assertionResults.some((result) => result.status === "failed");
  });
  const failed = numFailedTests + brokenFiles.length;
  const isSuspect = failed === 0 && (exitCode !== 0 || passed === 0);
  return { passed, failed: isSuspect ? 1 : failed };
}

function readReport(path: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Report;
  } catch {
    return undefined;
  }
}

if (isMain(import.meta.filename)) {
  const [path = "", exitCode = "1"] = process.argv.slice(2);
  const { passed, failed } = countTests(readReport(path), Number(exitCode));
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
