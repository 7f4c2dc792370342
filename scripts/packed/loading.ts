import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment } from "../docs/run-snippet.ts";
import { runCommand } from "../process/run-command.ts";
import { readEntries } from "./entries.ts";

/** Loads every entry of a package installed in `folder`, by `import` and by `require`. Loading prints nothing. */
export async function checkLoading(name: string, folder: string): Promise<string[]> {
  const entries = readEntries(name, folder);
  const programs = {
    "import.mjs": entries.map((entry) => `await import(${JSON.stringify(entry)});`),
    "require.cjs": entries.map((entry) => `require(${JSON.stringify(entry)});`),
  };
  const problems: string[] = [];
  for (const [file, lines] of Object.entries(programs)) {
    writeFileSync(join(folder, file), lines.join("\n"));
    const options = { cwd: folder, env: bareEnvironment(folder), timeoutMs: 30_000 };
    const { code, output } = await runCommand(process.execPath, [file], options);
    if (code !== 0) problems.push(`${name}: cannot be loaded by ${file}:\n${output.trimEnd()}`);
    else if (output !== "")
      problems.push(`${name}: prints when it is loaded by ${file}:\n${output.trimEnd()}`);
  }
  return problems;
}
