import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { runCommand } from "../process/run-command.ts";
import type { SnippetFile } from "./snippet-folder.ts";

/** Type-checks all snippets in one run, with the strict options of the repository. */
export async function checkSnippetTypes(
  scratch: string,
  root: string,
  snippets: readonly SnippetFile[],
): Promise<string[]> {
  if (snippets.length === 0) return [];
  const options = { noEmit: true, composite: false, incremental: false, tsBuildInfoFile: null, rootDir: "/" };
  const outputs = {
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    sourceMap: false,
  };
  const tsconfig = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { ...options, ...outputs, moduleDetection: "force", types: ["node"] },
    files: snippets.map(({ file }) => file),
  };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify(tsconfig));
  const { code, output } = await runCommand("tsc", ["-p", ".", "--pretty", "false"], { cwd: scratch });
  if (code === 0) return [];
  const problems = output.split("\n").flatMap((line) => {
    const [, file = "", row, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
    const snippet = snippets.find((other) => other.file === resolve(scratch, file));
    return snippet ? [`${snippet.path}:${row}: ${message}`] : [];
  });
  // The sources' own errors are told by the check of the types; here they only explain why nothing was checked.
  return problems.length > 0 ? problems : [`the snippets could not be type-checked:\n${output.trimEnd()}`];
}
