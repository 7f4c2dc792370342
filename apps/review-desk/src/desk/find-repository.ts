import { realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";
import { DeskError } from "./desk-error.ts";

/** A plain name: no path, no hidden folder. */
export const repositoryName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/;

/**
 * Looks at the folder of repositories, so that a wrong path is told to whoever starts the desk.
 *
 * @throws {UsageError} naming the setting.
 */
export async function requireRoot(root: string): Promise<void> {
  const found = await stat(root).catch(() => undefined);
  if (found?.isDirectory()) return;
  const why = found === undefined ? "there is no such folder" : "it is not a folder";
  throw new UsageError(`Cannot use the setting "repos": ${JSON.stringify(root)}: ${why}`);
}

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
