import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCommand } from "../process/run-command.ts";
import type { SnippetFile } from "./snippet-folder.ts";

const timeoutMs = 30_000;

/** Runs a snippet from the packages' sources, in an empty folder, and compares what it prints. */
export async function runSnippet({ path, line, file, output }: SnippetFile): Promise<string[]> {
  const cwd = join(dirname(file), `line-${line}-folder`);
  mkdirSync(cwd);
  const args = ["--conditions=@executus/source", file];
  const result = await runCommand(process.execPath, args, { cwd, env: bareEnvironment(cwd), timeoutMs });
  const at = `${path}:${line}`;
  if (result.code === null) return [`${at}: the snippet did not end within ${timeoutMs / 1000} s`];
  if (result.code !== 0) {
    return [`${at}: the snippet failed with exit code ${result.code}:\n${result.output.trimEnd()}`];
  }
  return compareOutput(at, result.stdout, output);
}

/** Says how what was printed differs from the `text` block, the line break at the end aside. */
export function compareOutput(at: string, stdout: string, expected: string | undefined): string[] {
  const printed = stdout.replaceAll("\r\n", "\n").replace(/\n$/, "");
  if (expected === undefined || printed === expected) return [];
  return [`${at}: the snippet prints\n${printed}\ninstead of\n${expected}`];
}

/** Only what a program needs to start: an example must not lean on the settings or keys of whoever runs it. */
export function bareEnvironment(home: string): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env;
  const kept = Object.entries({ PATH, SystemRoot, TEMP, TMPDIR }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(kept), HOME: home, USERPROFILE: home, NO_COLOR: "1" };
}
