import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { DeskError } from "./desk-error.ts";

/** A plain name: no path, no hidden folder. */
export const repositoryName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/**
 * The folder of that name: a direct child of the root, and no link.
 *
 * @throws {DeskError} `DESK_REPO`
 */
export async function findRepository(root: string, name: string): Promise<string> {
  if (!repositoryName.test(name)) throw missing(name);
  try {
    const folder = join(await realpath(root), name);
    if ((await realpath(folder)) === folder && (await stat(folder)).isDirectory()) return folder;
  } catch {
    // Why it cannot be opened is the host's matter.
  }
  throw missing(name);
}

function missing(name: string): DeskError {
  return new DeskError("DESK_REPO", `There is no repository ${JSON.stringify(name.slice(0, 100))}`);
}
