import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { createFolder, type FixtureWorkspace } from "./fixture-workspace.ts";

// CI has a POSIX shell; contributors on Windows run the two commands themselves.
const isWindows = process.platform === "win32";

const report = {
  numPassedTests: 3,
  numFailedTests: 0,
  testResults: [{ status: "passed", assertionResults: [{ status: "passed" }] }],
};

/** A folder with `.ci/run` and an `npx` that notes its calls and does what the test says for `test` and `run check`. */
function createRepository(onTest: string, onCheck: string): FixtureWorkspace {
  const folder = createFolder();
  for (const path of [".ci/run", "scripts/count-tests.ts", "scripts/workspace/is-main.ts"]) folder.copy(path);
  folder.write("report.json", JSON.stringify(report));
  const cases = `"--yes pnpm@12 test") ${onTest} ;;\n"--yes pnpm@12 run check") ${onCheck} ;;\n*) exit 9 ;;`;
  folder.write("bin/npx", `#!/bin/sh\necho "npx $*"\ncase "$*" in\n${cases}\nesac\n`);
  chmodSync(join(folder.root, "bin/npx"), 0o755);
  return folder;
}

function run({ root }: FixtureWorkspace) {
  const PATH = [join(root, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter);
  const { status, stdout } = spawnSync(join(root, ".ci/run"), { env: { PATH }, encoding: "utf8" });
  return { status, lines: stdout.trimEnd().split("\n") };
}

const writeReport = 'cp report.json "$EXECUTUS_TEST_REPORT"';
const calls = ["npx --yes pnpm@12 test", "npx --yes pnpm@12 run check"];

test.skipIf(isWindows)("run ends with the counts and exit code 0 when tests and gate pass", () => {
  const { status, lines } = run(createRepository(writeReport, "true"));
  expect({ status, lines }).toEqual({ status: 0, lines: [...calls, "3 passed, 0 failed"] });
});

test.skipIf(isWindows)("run goes on to the gate when the tests fail", () => {
  const { status, lines } = run(createRepository(`${writeReport}; exit 1`, "true"));
  expect({ status, lines }).toEqual({ status: 1, lines: [...calls, "3 passed, 1 failed"] });
});

test.skipIf(isWindows)("run fails when only the gate fails", () => {
  const { status, lines } = run(createRepository(writeReport, "exit 2"));
  const end = ["The gate failed with exit code 2.", "3 passed, 0 failed"];
  expect({ status, lines }).toEqual({ status: 1, lines: [...calls, ...end] });
});

test.skipIf(isWindows)("run fails when the tests leave no report", () => {
  const { status, lines } = run(createRepository("true", "true"));
  expect({ status, lines }).toEqual({ status: 1, lines: [...calls, "0 passed, 1 failed"] });
});

test.skipIf(isWindows)("run fails when the report cannot be counted", () => {
  const repository = createRepository(writeReport, "true");
  repository.write("scripts/count-tests.ts", "throw new Error();\n");
  expect(run(repository)).toEqual({ status: 1, lines: [...calls, "0 passed, 1 failed"] });
});

test.skipIf(isWindows)("run asks every tool for plain text and no telemetry", () => {
  const names = ["CI", "NO_COLOR", "TURBO_TELEMETRY_DISABLED", "DO_NOT_TRACK", "NPM_CONFIG_LOGLEVEL"];
  const show = `echo "${names.map((name) => `$${name}`).join(" ")}"`;
  expect(run(createRepository(`${writeReport}; ${show}`, "true")).lines).toContain("1 1 1 1 error");
});
