import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "../process/run-command.ts";
import { checkConsumerTypes } from "./consumer-types.ts";
import { checkLoading } from "./loading.ts";
import type { Packed } from "./pack.ts";
import { checkExample } from "./readme-example.ts";

/**
 * Installs the tarball of a core package alone into an empty project, then type-checks, loads and runs it there.
 * npm works offline: a package that asked for anything else could not be installed.
 */
export async function checkLoneInstall({ pkg, file }: Packed, scratch: string): Promise<string[]> {
  const folder = join(scratch, `alone-${pkg.folder.replaceAll("/", "-")}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
  const quiet = [
    "--offline",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--cache",
    join(scratch, "npm-cache"),
  ];
  const installed = await runCommand("npm", ["install", ...quiet, file], { cwd: folder });
  if (installed.code !== 0) return [`${pkg.name}: cannot be installed alone:\n${installed.output.trimEnd()}`];
  return [
    ...checkModules(pkg.name, join(folder, "node_modules")),
    ...(await checkConsumerTypes(pkg.name, folder)),
    ...(await checkLoading(pkg.name, folder)),
    ...(await checkExample(pkg.name, folder)),
  ];
}

function checkModules(name: string, modules: string): string[] {
  return readdirSync(modules)
    .filter((entry) => !entry.startsWith("."))
    .flatMap((entry) => {
      if (!entry.startsWith("@")) return [entry];
      return readdirSync(join(modules, entry)).map((inner) => `${entry}/${inner}`);
    })
    .filter((other) => other !== name)
    .map((other) => `${name}: brings along "${other}"`);
}
