import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment, compareOutput } from "../docs/run-snippet.ts";
import { readExample, toCommonJs } from "../picking/example.ts";
import { runCommand } from "../process/run-command.ts";

/** Runs the first example of the README of a package installed in `folder`, as its reader would, and by `require()`. */
export async function checkExample(name: string, folder: string): Promise<string[]> {
  const readme = join(folder, "node_modules", name, "README.md");
  const example = readExample(existsSync(readme) ? readFileSync(readme, "utf8") : "");
  if (!example) return [`${name}: the README has no example to run`];
  const problems: string[] = [];
  const programs = { "example.ts": example.code, "example.cjs": toCommonJs(example.code) };
  for (const [file, code] of Object.entries(programs)) {
    const cwd = join(folder, `in-${file}`);
    mkdirSync(cwd);
    writeFileSync(join(folder, file), code);
    const options = { cwd, env: bareEnvironment(folder), timeoutMs: 30_000 };
    const {
      code: exitCode,
      stdout,
      output,
    } = await runCommand(process.execPath, [join(folder, file)], options);
    const at = `${name}: README.md:${example.line}`;
    if (exitCode === 0) problems.push(...compareOutput(at, stdout, example.output));
    else problems.push(`${at}: ${file} fails where the package is installed:\n${output.trimEnd()}`);
  }
  return problems;
}
