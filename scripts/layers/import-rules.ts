import { isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runtimeDependencies } from "../workspace/manifest.ts";
import type { Workspace, WorkspacePackage } from "../workspace/read-workspace.ts";
import type { FoundImport } from "./found-import.ts";
import { splitSpecifier } from "./package-name.ts";

/** A source or test file of a package. */
export interface CheckedFile {
  readonly workspace: Workspace;
  readonly pkg: WorkspacePackage;
  /** Below the workspace's root: `"packages/lane/src/index.ts"`. */
  readonly path: string;
  readonly isTest: boolean;
}

/** Says which rule an import breaks, or `undefined` if it keeps them all. */
export function judgeImport(found: FoundImport, file: CheckedFile): string | undefined {
  const { specifier, form } = found;
  if (specifier === undefined) return judgeUnreadable(form, file);
  if (/^(\.|\/|file:)/.test(specifier)) return judgePath(specifier, form, file);
  if (specifier.startsWith("node:"))
    return isBuiltin(specifier) ? undefined : "there is no such built-in module";
  if (isBuiltin(specifier)) return `a built-in is spelled "node:${specifier}"`;
  if (specifier.startsWith("#")) return judgeAlias(specifier, file);
  if (/^[a-z][\w+.-]*:/i.test(specifier)) return "a module comes from a path, node: or a package";
  return judgePackage(specifier, file);
}

function judgeUnreadable(form: string, { pkg, isTest }: CheckedFile): string | undefined {
  if (isTest) return undefined;
  if (form !== "createRequire") return "a specifier is written out, or this check cannot see it";
  return pkg.layer <= 1 ? "layers 0 and 1 use import, never require" : undefined;
}

function judgePath(specifier: string, form: string, { workspace, pkg, path, isTest }: CheckedFile) {
  if (!specifier.startsWith(".")) return "a path is relative";
  // Resolved as Node does it, so that "%2e%2e/" and "..\\" are seen for what they are.
  const { href } = new URL(specifier, pathToFileURL(join(workspace.root, path)));
  const isWithin = (folder: string): boolean =>
    href.startsWith(`${pathToFileURL(join(workspace.root, pkg.folder, folder)).href}/`);
  // A file that is read, not imported, may lie beside src.
  if (form === "new URL()") return isWithin(".") ? undefined : "no path leaves the package";
  if (isWithin("src") || (isTest && isWithin("test"))) return undefined;
  return isTest ? "a test's path stays in the package's test and src" : "no path leaves the package's src";
}

function judgeAlias(specifier: string, { pkg }: CheckedFile): string | undefined {
  const isDeclared = Object.keys(pkg.manifest.imports ?? {}).includes(specifier);
  return isDeclared ? undefined : `not in the "imports" of package.json`;
}

function judgePackage(specifier: string, file: CheckedFile): string | undefined {
  const { workspace, pkg } = file;
  const { name, subpath } = splitSpecifier(specifier);
  if (name === pkg.name) return "a package does not import itself by name";
  const target = workspace.packages.find((other) => other.name === name);
  if (!target) return judgeThirdParty(name, file);
  return (
    judgeTarget(target, pkg) ??
    judgeDeclared(name, file) ??
    (Object.keys(target.manifest.exports ?? {}).includes(subpath)
      ? undefined
      : `"${subpath}" is not in the "exports" of ${name}`)
  );
}

/** The layer rule between two packages of the workspace, for imports and for dependencies. */
export function judgeTarget(target: WorkspacePackage, pkg: WorkspacePackage): string | undefined {
  if (target.isApp) return "an app is imported by nobody";
  if (target.layer < pkg.layer) return undefined;
  return pkg.layer === 0
    ? "layer 0 imports only node: built-ins and its own files"
    : `layer ${pkg.layer} imports only lower layers, and this is layer ${target.layer}`;
}

function judgeThirdParty(name: string, file: CheckedFile): string | undefined {
  if (name.startsWith("@executus/")) return "the workspace has no such package";
  if (file.isTest) return judgeDeclared(name, file);
  if (file.pkg.layer === 0) return "layer 0 imports only node: built-ins and its own files";
  if (file.pkg.layer === 1) return "layer 1 imports only node: built-ins, its own files and layer 0";
  return judgeDeclared(name, file);
}

function judgeDeclared(name: string, { workspace, pkg, isTest }: CheckedFile): string | undefined {
  if (Object.hasOwn(runtimeDependencies(pkg.manifest), name)) return undefined;
  if (!isTest) return "not in the dependencies or peerDependencies of package.json";
  const ofTests = { ...pkg.manifest.devDependencies, ...workspace.rootManifest.devDependencies };
  return Object.hasOwn(ofTests, name)
    ? undefined
    : "not in the dependencies or devDependencies of package.json";
}
