import { dirname } from "node:path";
import { runCommand } from "../process/run-command.ts";
import type { Packed } from "./pack.ts";

/** Lets publint and "are the types wrong" judge the tarball that would be published. */
export async function checkWithPublishTools({ pkg, file }: Packed): Promise<string[]> {
  const tools: readonly (readonly [name: string, ...args: string[]])[] = [
    ["publint", "--strict", file],
    ["attw", file, "--profile", "esm-only", "--no-color", "--no-emoji"],
  ];
  const problems: string[] = [];
  for (const [name, ...args] of tools) {
    const { code, output } = await runCommand(name, args, { cwd: dirname(file) });
    if (code !== 0) problems.push(`${pkg.name}: ${name} says:\n${output.trimEnd()}`);
  }
  return problems;
}
