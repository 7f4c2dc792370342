import { join } from "node:path";
import { runCommand } from "../process/run-command.ts";
import type { WorkspacePackage } from "../workspace/read-workspace.ts";
import { readTarball, type Tarball } from "./read-tarball.ts";

export interface Packed {
  readonly pkg: WorkspacePackage;
  /** Where the `.tgz` lies. */
  readonly file: string;
  readonly tarball: Tarball;
}

/**
 * Packs a package as it would be published, with the versions in place of `workspace:` and `catalog:`.
 *
 * @throws {Error} if pnpm cannot pack it.
 */
export async function pack(root: string, pkg: WorkspacePackage, scratch: string): Promise<Packed> {
  const file = join(scratch, `${pkg.folder.replaceAll("/", "-")}.tgz`);
  const { code, output } = await runCommand("pnpm", ["pack", "--out", file], { cwd: join(root, pkg.folder) });
  if (code !== 0) throw new Error(`Cannot pack "${pkg.name}": ${output.trimEnd()}`);
  return { pkg, file, tarball: readTarball(file) };
}
