import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment, compareOutput } from "../docs/run-snippet.ts";
import { readSnippets } from "../docs/snippets.ts";
import { runCommand } from "../process/run-command.ts";

/** Runs the first example of the README of a package installed in `folder`, as its reader would. */
export async function checkExample(name: string, folder: string): Promise<string[]> {
  const readme = join(folder, "node_modules", name, "README.md");
  const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
  const [example] = readSnippets({ path: "README.md", text }).snippets;
  if (!example) return [`${name}: the README has no example to run`];
  writeFileSync(join(folder, "example.ts"), example.code);
  const options = { cwd: folder, env: bareEnvironment(folder), timeoutMs: 30_000 };
  const { code, stdout, output } = await runCommand(process.execPath, ["example.ts"], options);
  const at = `${name}: README.md:${example.line}`;
  if (code !== 0) return [`${at}: the example fails where the package is installed:\n${output.trimEnd()}`];
  return compareOutput(at, stdout, example.output);
}
