/**
 * Checks that the packages look alike: package.json, README, LICENSE, error codes, guarantees, sizes and names of files.
 * The rules are in `shape/`.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkErrorPrefix, checkErrorTable, readErrorCodes } from "./shape/error-codes.ts";
import { checkGuarantees } from "./shape/guarantees.ts";
import { checkAppManifest, checkManifestShape } from "./shape/manifest-shape.ts";
import { checkReadmeShape } from "./shape/readme-shape.ts";
import { checkSourceFiles } from "./shape/source-files.ts";
import { readTestTitles } from "./shape/test-titles.ts";
import {
  publicPackages,
  readWorkspace,
  type Workspace,
  type WorkspacePackage,
} from "./workspace/read-workspace.ts";
import { isMain } from "./workspace/is-main.ts";
import { runCheck } from "./workspace/run-check.ts";

/** Returns one line for each problem: `path:line: what is wrong`. */
export function checkShape(root: string): string[] {
  const workspace = readWorkspace(root);
  const apps = workspace.packages.filter((pkg) => pkg.isApp);
  const folders = ["scripts", ...workspace.packages.map((pkg) => `${pkg.folder}/src`)];
  return [
    ...publicPackages(workspace).flatMap((pkg) => checkPackage(workspace, pkg)),
    ...apps.flatMap(checkAppManifest),
    ...folders.flatMap((folder) => checkSourceFiles(root, folder)),
  ];
}

function checkPackage(workspace: Workspace, pkg: WorkspacePackage): string[] {
  const { root } = workspace;
  const { folder, name } = pkg;
  const errors = readText(root, `${folder}/src/errors.ts`);
  const codes = errors === undefined ? [] : readErrorCodes("errors.ts", errors);
  const readmePath = `${folder}/README.md`;
  const readme = readText(root, readmePath) ?? "";
  return [
    ...checkManifestShape(workspace, pkg),
    ...checkLicense(root, folder),
    ...checkReadmeShape(readmePath, readme, { name, hasErrors: errors !== undefined }),
    ...checkGuarantees(readmePath, readme, readTestTitles(root, folder)),
    ...checkErrorTable(readmePath, readme, codes),
    ...(errors === undefined ? [] : checkErrorPrefix(`${folder}/src/errors.ts`, codes)),
  ];
}

function checkLicense(root: string, folder: string): string[] {
  const isEqual = readText(root, `${folder}/LICENSE`) === readText(root, "LICENSE");
  return isEqual ? [] : [`${folder}/LICENSE:1: is not equal to the LICENSE of the root`];
}

function readText(root: string, path: string): string | undefined {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : undefined;
}

if (isMain(import.meta.filename)) await runCheck(checkShape, "every package has the shape of the others");
