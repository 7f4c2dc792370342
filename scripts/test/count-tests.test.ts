import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countTests } from "../count-tests.ts";
import { createFolder, repository, runScript } from "./fixture-workspace.ts";

const passed = { status: "passed", assertionResults: [{ status: "passed" }, { status: "skipped" }] };
const failed = { status: "failed", assertionResults: [{ status: "passed" }, { status: "failed" }] };
const notLoaded = { status: "failed", assertionResults: [] };
const notSetUp = { status: "failed", assertionResults: [{ status: "skipped" }] };

test.each([
  ["passes", 4, 0, [passed], 0, { passed: 4, failed: 0 }],
  ["has a failed test", 3, 1, [passed, failed], 1, { passed: 3, failed: 1 }],
  ["has a file that did not load", 4, 0, [passed, notLoaded], 1, { passed: 4, failed: 1 }],
  ["has a file whose set-up failed", 4, 0, [passed, notSetUp], 1, { passed: 4, failed: 1 }],
  ["has all of these", 3, 1, [failed, notLoaded, notSetUp], 1, { passed: 3, failed: 3 }],
  ["has an error outside of any test", 4, 0, [passed], 1, { passed: 4, failed: 1 }],
  ["has no tests", 0, 0, [], 0, { passed: 0, failed: 1 }],
  ["skips every test", 0, 0, [passed], 0, { passed: 0, failed: 1 }],
])(
  "countTests() counts a run that %s",
  (_, numPassedTests, numFailedTests, testResults, exitCode, counts) => {
    expect(countTests({ numPassedTests, numFailedTests, testResults }, exitCode)).toEqual(counts);
  },
);

test("countTests() counts a run without a report as a failure", () => {
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
});

test("count-tests.ts counts the report of a real run", () => {
  const { root, write } = createFolder();
  const start = 'import { test } from "vitest";\n';
  write("vitest.config.mjs", 'export default { test: { include: ["*.test.mjs"] } };\n');
  write(
    "a.test.mjs",
    `${start}test("a", () => {});\ntest("b", () => { throw new Error("b"); });\ntest.skip("c", () => {});\n`,
  );
  write("b.test.mjs", `import "./gone.mjs";\n${start}test("d", () => {});\n`);
  const vitest = join(repository, "node_modules/vitest");
  write("node_modules/vitest/package.json", '{ "name": "vitest", "exports": "./index.mjs" }');
  write("node_modules/vitest/index.mjs", `export * from ${JSON.stringify(join(vitest, "dist/index.js"))};\n`);
  const args = [join(vitest, "vitest.mjs"), "run", "--reporter=json", "--outputFile=report.json"];
  const run = spawnSync(process.execPath, args, { cwd: root });
  const count = runScript("count-tests.ts", join(root, "report.json"), String(run.status));
  expect(count).toMatchObject({ status: 1, stdout: "1 passed, 2 failed\n" });
});

test("count-tests.ts prints a failure when there is no report", () => {
  const count = runScript("count-tests.ts", "gone.json", "0");
  expect(count).toMatchObject({ status: 1, stdout: "0 passed, 1 failed\n" });
});
