import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "./manifest.ts";
import { toPosix } from "./walk-files.ts";

export interface WorkspacePackage {
  /** Below the root, with forward slashes: `"packages/lane"`. */
  readonly folder: string;
  readonly name: string;
  readonly isApp: boolean;
  /** As written; `check-layers` says if it is not a layer. */
  readonly layer: number;
  readonly manifest: Manifest;
  readonly manifestText: string;
}

export interface Workspace {
  readonly root: string;
  readonly rootManifest: Manifest;
  readonly packages: readonly WorkspacePackage[];
}

/**
 * Reads every package of `packages/*` and `apps/*`, sorted by folder.
 *
 * @throws {Error} if there is none: a check that looked at nothing must not pass.
 */
export function readWorkspace(root: string): Workspace {
  const packages = globSync(["packages/*/package.json", "apps/*/package.json"], { cwd: root })
    .map((file) => readPackage(root, toPosix(file).slice(0, -"/package.json".length)))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
  if (packages.length === 0) throw new Error(`Cannot check "${root}": no packages/*/package.json there`);
  return { root, rootManifest: readManifest(join(root, "package.json")), packages };
}

/** The packages that are published. */
export function publicPackages(workspace: Workspace): readonly WorkspacePackage[] {
  return workspace.packages.filter((pkg) => !pkg.isApp);
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifestText = readFileSync(join(root, folder, "package.json"), "utf8");
  const manifest = JSON.parse(manifestText) as Manifest;
  const layer = manifest.executus?.layer;
  return {
    folder,
    name: manifest.name ?? folder,
    isApp: folder.startsWith("apps/"),
    layer: typeof layer === "number" ? layer : Number.NaN,
    manifest,
    manifestText,
  };
}

function readManifest(file: string): Manifest {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : {};
}
