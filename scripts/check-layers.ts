/**
 * Checks who imports whom: every import form in every source and test file, every dependency field of every
 * package.json, and the references between the tsconfig files. The rules are in `layers/`.
 *
 * @module
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findImports } from "./layers/find-imports.ts";
import { judgeImport, type CheckedFile } from "./layers/import-rules.ts";
import { checkManifest } from "./layers/manifest-rules.ts";
import { checkRootTsconfig, checkTsconfig } from "./layers/tsconfig-rules.ts";
import { readWorkspace, type Workspace, type WorkspacePackage } from "./workspace/read-workspace.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";
import { isCode, toPosix, walkFiles } from "./workspace/walk-files.ts";

/** Returns one line for each problem: `path:line: imports "x" (form): rule`. */
export function checkLayers(root: string): string[] {
  const workspace = readWorkspace(root);
  const perPackage = workspace.packages.flatMap((pkg) => [
    ...checkManifest(workspace, pkg),
    ...checkTsconfig(workspace, pkg),
    ...checkFolder(workspace, pkg, "src"),
    ...checkFolder(workspace, pkg, "test"),
  ]);
  return [...checkNoStrays(root), ...checkRootTsconfig(workspace), ...perPackage];
}

function checkFolder(workspace: Workspace, pkg: WorkspacePackage, folder: "src" | "test"): string[] {
  return walkFiles(workspace.root, `${pkg.folder}/${folder}`).flatMap(({ path, isLink }) => {
    if (isLink) return [`${path}:1: is a link: what it points to is not checked here`];
    if (!isCode(path)) return [];
    return checkFile({ workspace, pkg, path, isTest: folder === "test" });
  });
}

function checkFile(file: CheckedFile): string[] {
  const { imports, error } = findImports(
    file.path,
    readFileSync(join(file.workspace.root, file.path), "utf8"),
  );
  const problems = imports.flatMap((found) => {
    const rule = judgeImport(found, file);
    const what = found.specifier === undefined ? "a computed specifier" : JSON.stringify(found.specifier);
    return rule ? [`${file.path}:${found.line}: imports ${what} (${found.form}): ${rule}`] : [];
  });
  return error === undefined ? problems : [...problems, `${file.path}:1: cannot be parsed: ${error}`];
}

/** A folder with sources and no package.json would be checked by nobody. */
function checkNoStrays(root: string): string[] {
  return globSync(["packages/*/src", "apps/*/src"], { cwd: root })
    .map((folder) => toPosix(folder).slice(0, -"/src".length))
    .filter((folder) => !existsSync(join(root, folder, "package.json")))
    .map((folder) => `${folder}:1: has sources and no package.json`);
}

if (isMain(import.meta.filename)) await runCheck(checkLayers, "every import keeps its layer");
