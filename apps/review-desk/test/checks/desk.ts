import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Checks, type ChecksOptions, createChecks } from "../../src/checks/checks.ts";
import type { CheckFinding } from "../../src/checks/finding.ts";

/** A folder that is deleted when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "checks-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Checks that are disposed when the test ends. */
export function openDesk(options: ChecksOptions = {}): Checks {
  const checks = createChecks({ timeLimitMs: 60_000, ...options });
  onTestFinished(() => checks[Symbol.asyncDispose]());
  return checks;
}

/** `4:3 error oxlint/no-debugger` */
export function brief(findings: readonly CheckFinding[]): readonly string[] {
  return findings.map(({ line, column, severity, rule }) => `${line}:${column} ${severity} ${rule}`);
}
