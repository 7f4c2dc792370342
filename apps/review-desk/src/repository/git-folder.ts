import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { leadsOut } from "./git-folder-links.ts";
import { quoteName } from "./quoted-name.ts";
import { readSafely } from "./read-safely.ts";
import { RepositoryError } from "./repository-error.ts";
import { isInside } from "./safe-path.ts";

/**
 * - `git`: a work tree and the folder with its history.
 * - `none`: no `.git` here or above.
 * - `foreign`: a `.git` that leads to a place that does not know this folder. To follow it would show, as
 *   if it were under review, what another repository on this machine holds.
 */
export type GitFolder =
  | { readonly kind: "git"; readonly workTree: string; readonly gitFolder: string }
  | { readonly kind: "none" }
  | { readonly kind: "foreign"; readonly why: string };

/**
 * Finds the repository that a folder (absolute, links resolved) belongs to: the first `.git` from there
 * upwards decides. git's own search is not used: it takes any folder that looks bare for a repository.
 *
 * @throws {RepositoryError} `REPOSITORY_UNUSABLE` for a `.git` without a `HEAD`.
 */
export async function findGitFolder(folder: string): Promise<GitFolder> {
  for (let at = folder; ; at = dirname(at)) {
    const named = await followDotGit(at);
    if (named !== undefined) return await judge(at, named);
    if (dirname(at) === at) return { kind: "none" };
  }
}

/** Where `.git` is or leads; `undefined` without one, `""` if it leads nowhere. */
async function followDotGit(workTree: string): Promise<string | undefined> {
  const dotGit = join(workTree, ".git");
  const stats = await lstat(dotGit).catch(() => undefined);
  if (!stats) return undefined;
  const named = stats.isFile() ? await readPointer(workTree, ".git", /^gitdir: (.+)$/) : dotGit;
  return named === undefined ? "" : await realpath(named).catch(() => "");
}

async function judge(workTree: string, gitFolder: string): Promise<GitFolder> {
  const shown = quoteName(join(workTree, ".git"));
  if (gitFolder === "") return { kind: "foreign", why: `${shown} leads nowhere` };
  const common = await commonFolder(gitFolder);
  if (!common) return { kind: "foreign", why: `${shown} takes its history from elsewhere` };
  const belongs = isInside(workTree, gitFolder) || (await pointsBack(gitFolder, common, workTree));
  if (!belongs)
    return { kind: "foreign", why: `${shown} leads to a repository that does not name this folder` };
  if (!(await lstat(join(gitFolder, "HEAD")).catch(() => undefined))) {
    throw new RepositoryError(
      "REPOSITORY_UNUSABLE",
      `Cannot open ${quoteName(workTree)}: its .git has no readable HEAD`,
    );
  }
  for (const part of new Set([gitFolder, common])) {
    const link = await leadsOut(part, workTree);
    if (link) return { kind: "foreign", why: `${quoteName(link)} is a link to another place` };
  }
  return { kind: "git", workTree, gitFolder };
}

/**
 * The folder that linked work trees share: for `…/worktrees/<name>` the one two above, else itself. A
 * `commondir` that names any other place is git's redirection without its purpose: `undefined`.
 */
async function commonFolder(gitFolder: string): Promise<string | undefined> {
  const named = await readPointer(gitFolder, "commondir", /^(.+)$/);
  if (named === undefined) return gitFolder;
  const common = await realpath(named).catch(() => undefined);
  const isLinked = basename(dirname(gitFolder)) === "worktrees" && common === dirname(dirname(gitFolder));
  return isLinked ? common : undefined;
}

/** Returns if a git folder outside names the work tree as its own: as a linked work tree or a submodule. */
async function pointsBack(gitFolder: string, common: string, workTree: string): Promise<boolean> {
  const back =
    common === gitFolder
      ? await readPointer(gitFolder, "config", /^\s*worktree\s*=\s*"?([^"]+?)"?\s*$/m)
      : await readPointer(gitFolder, "gitdir", /^(.+)$/);
  if (back === undefined) return false;
  const named = await realpath(back).catch(() => undefined);
  return named === workTree || named === join(workTree, ".git");
}

/** A path in a small file, resolved from the file's folder. */
async function readPointer(folder: string, file: string, form: RegExp): Promise<string | undefined> {
  const read = await readSafely(folder, file);
  if (read.why !== undefined) return undefined;
  const [, path] = form.exec(read.bytes.toString("utf8").replace(/[\r\n]+$/, "")) ?? [];
  return path === undefined ? undefined : resolve(folder, path);
}
