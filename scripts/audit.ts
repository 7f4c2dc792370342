/**
 * Asks the registry for known vulnerabilities of what the lockfiles hold, and fails on one of high severity or more. A
 * registry that does not answer, or has no such endpoint, is told of and fails nothing: a gate must not hang on it.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCommand, type CommandResult } from "./process/run-command.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";

/** The folders with a lockfile: the repository, and the engines that only some commands need. */
const folders = [".", "tools/lab"];

const timeoutMs = 30_000;

/** Returns what was found, with a table of it. */
export async function audit(root: string, log: (line: string) => void = console.log): Promise<string[]> {
  const problems: string[] = [];
  for (const folder of folders.filter((folder) => existsSync(join(root, folder, "pnpm-lock.yaml")))) {
    const args = ["--config.fetch-retries=0", "audit", "--audit-level", "high"];
    const result = await runCommand("pnpm", args, { cwd: join(root, folder), timeoutMs });
    if (result.code === 0) continue;
    if (isAnswer(result)) problems.push(`${folder}: has known vulnerabilities:\n${result.output.trimEnd()}`);
    else log(`${folder}: was not audited, the registry gave no answer`);
  }
  return problems;
}

/** A report ends with what was found: "2 vulnerabilities found". */
function isAnswer({ output }: CommandResult): boolean {
  return /\bvulnerabilit(y|ies) found\b/.test(output);
}

if (isMain(import.meta.filename))
  await runCheck((root) => audit(root), "no vulnerability of high severity is known");
