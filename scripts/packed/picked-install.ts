import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readExample } from "../picking/example.ts";
import { runCommand } from "../process/run-command.ts";
import { checkNodeTypes } from "./consumer-types.ts";
import { checkLoading } from "./loading.ts";
import type { Packed } from "./pack.ts";
import { checkExample } from "./readme-example.ts";

/**
 * Installs the tarball of a package that builds on others into an empty project, with what its README says to install and
 * what it leaves to its user, then type-checks, loads and runs it there. Other packages of this repository come from
 * their tarballs, the rest from the registry or from npm's cache of it.
 */
export async function checkPickedInstall(
  { pkg, file, tarball }: Packed,
  packages: readonly Packed[],
  scratch: string,
): Promise<string[]> {
  const folder = join(scratch, `picked-${pkg.folder.replaceAll("/", "-")}`);
  mkdirSync(folder);
  const own = Object.fromEntries(packages.map((packed) => [packed.pkg.name, `file:${packed.file}`]));
  const { devDependencies = {}, peerDependencies = {} } = pkg.manifest;
  const types = Object.entries(devDependencies).filter(([other]) => other.startsWith("@types/"));
  const said = readExample(tarball.get("README.md") ?? "")?.installs ?? [];
  const dependencies = {
    ...Object.fromEntries(Object.entries(own).filter(([other]) => said.includes(other))),
    [pkg.name]: `file:${file}`,
    ...peerDependencies,
  };
  const project = { name: "picker", private: true, type: "module", dependencies, overrides: own };
  const manifest = { ...project, devDependencies: Object.fromEntries(types) };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const installed = await runCommand("npm", ["install", ...quiet], { cwd: folder });
  if (installed.code !== 0) return [`${pkg.name}: cannot be installed:\n${installed.output.trimEnd()}`];
  return [
    ...(await checkNodeTypes(pkg.name, folder)),
    ...(await checkLoading(pkg.name, folder)),
    ...(await checkExample(pkg.name, folder)),
  ];
}
