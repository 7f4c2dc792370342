import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment } from "../docs/run-snippet.ts";
import { runCommand, type CommandResult } from "../process/run-command.ts";
import type { Packed } from "./pack.ts";

/**
 * Installs the example app's tarball with those of the packages into an empty project, as if all had been published,
 * and reviews a small repository with it. Needs the registry, or npm's cache of it, for what the app depends on.
 */
export async function checkAppInstall(
  app: Packed,
  packages: readonly Packed[],
  scratch: string,
): Promise<string[]> {
  const { name, manifest } = app.pkg;
  const folder = join(scratch, `app-${name}`);
  mkdirSync(folder);
  const files = Object.fromEntries(packages.map(({ pkg, file }) => [pkg.name, `file:${file}`]));
  const project = {
    name: "user",
    private: true,
    dependencies: { ...files, [name]: `file:${app.file}` },
    overrides: files,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(project));
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const installed = await runCommand("npm", ["install", ...quiet], { cwd: folder });
  if (installed.code !== 0) return [failure(`${name}: cannot be installed`, installed)];

  const env = bareEnvironment(folder);
  const version = await runCommand("npx", ["--no-install", name, "--version"], { cwd: folder, env });
  if (version.code !== 0 || version.stdout.trim() !== manifest.version) {
    return [failure(`${name}: "--version" does not print ${manifest.version}`, version)];
  }
  const repository = join(folder, "repository");
  await createRepository(repository);
  const args = ["--no-install", name, "review", "--repo", repository];
  const review = await runCommand("npx", args, { cwd: folder, env, timeoutMs: 120_000 });
  // The one file of the repository has a statement that the linter behind the review is sure to find.
  if (review.code === 0 && review.stdout.includes(faultyFile)) return [];
  return [failure(`${name}: a review does not find what is wrong with ${faultyFile}`, review)];
}

const faultyFile = "left-behind.js";

async function createRepository(folder: string): Promise<void> {
  mkdirSync(folder);
  writeFileSync(join(folder, faultyFile), "export function wait() {\n  debugger;\n}\n");
  const author = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "."],
    [...author, "commit", "--quiet", "--message", "Wait"],
  ]) {
    const result = await runCommand("git", args, { cwd: folder });
    if (result.code !== 0) throw new Error(failure(`git ${args.join(" ")} failed`, result));
  }
}

function failure(what: string, { code, output }: CommandResult): string {
  return `${what} (exit code ${code}):\n${output.trimEnd()}`;
}
