import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { runtimeDependencies } from "../workspace/manifest.ts";
import type { Workspace, WorkspacePackage } from "../workspace/read-workspace.ts";

interface Tsconfig {
  readonly extends?: unknown;
  readonly files?: unknown;
  readonly include?: unknown;
  readonly references?: readonly { readonly path: string }[];
  readonly compilerOptions?: { readonly [option: string]: unknown };
}

const base = "../../tsconfig.base.json";

/** Checks that a package's tsconfig.json builds what package.json declares, and opens no other way in. */
export function checkTsconfig(workspace: Workspace, pkg: WorkspacePackage): string[] {
  const path = `${pkg.folder}/tsconfig.json`;
  const tsconfig = readTsconfig(workspace.root, path);
  if (typeof tsconfig === "string") return [tsconfig];
  const declared = Object.keys(runtimeDependencies(pkg.manifest));
  const wanted = workspace.packages
    .filter((other) => declared.includes(other.name))
    .map((other) => other.folder);
  const problems = compareReferences(
    path,
    pkg.folder,
    tsconfig,
    wanted,
    "the workspace dependencies in package.json",
  );
  if (tsconfig.extends !== base) problems.push(`${path}:1: "extends" is "${base}"`);
  if (JSON.stringify(tsconfig.include) !== '["src"]') problems.push(`${path}:1: "include" is ["src"]`);
  if (tsconfig.files) problems.push(`${path}:1: "files" would let in more than src`);
  return [...problems, ...checkOptions(path, tsconfig.compilerOptions ?? {})];
}

/** Checks that the root tsconfig.json, which `tsc -b` starts from, lists every package. */
export function checkRootTsconfig(workspace: Workspace): string[] {
  const tsconfig = readTsconfig(workspace.root, "tsconfig.json");
  if (typeof tsconfig === "string") return [tsconfig];
  const folders = workspace.packages.map((pkg) => pkg.folder);
  return compareReferences("tsconfig.json", "", tsconfig, folders, "the packages of the workspace");
}

function checkOptions(path: string, options: NonNullable<Tsconfig["compilerOptions"]>): string[] {
  const aliases = ["paths", "baseUrl", "rootDirs", "typeRoots", "customConditions"].filter(
    (name) => name in options,
  );
  const problems = aliases.map((name) => `${path}:1: "${name}" would import past package.json`);
  const types = Array.isArray(options["types"]) ? options["types"] : [];
  for (const name of types) {
    // Node's types let a package use built-ins; that no consumer needs them is seen on the packed tarball.
    if (name !== "node") problems.push(`${path}:1: imports "${String(name)}" (types): only "node" is global`);
  }
  return problems;
}

function compareReferences(
  path: string,
  folder: string,
  { references = [] }: Tsconfig,
  wanted: readonly string[],
  what: string,
): string[] {
  const listed = references.map((reference) => posix.join(folder, reference.path));
  const missing = wanted.filter((other) => !listed.includes(other));
  const surplus = listed.filter((other) => !wanted.includes(other));
  return [
    ...missing.map((other) => `${path}:1: "references" lacks "${other}": they equal ${what}`),
    ...surplus.map((other) => `${path}:1: "references" has "${other}": they equal ${what}`),
  ];
}

/** The parsed file, or what is wrong with it. */
function readTsconfig(root: string, path: string): Tsconfig | string {
  const file = join(root, path);
  if (!existsSync(file)) return `${path}:1: is missing`;
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Tsconfig;
  } catch {
    return `${path}:1: is not plain JSON (no comments, no trailing commas)`;
  }
}
