import { opendir, realpath } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { findGit } from "./find-git.ts";
import { openFolder } from "./folder-repository.ts";
import { findGitFolder } from "./git-folder.ts";
import { openGit } from "./git-repository.ts";
import { quoteName } from "./quoted-name.ts";
import { RepositoryError } from "./repository-error.ts";
import type { Repository } from "./repository.ts";

export interface RepositoryOptions {
  /** A branch, tag or commit: review what changed since HEAD parted from it. Without: all that is tracked. */
  readonly base?: string | undefined;
  /** For the opening only; each method takes its own. */
  readonly signal?: AbortSignal | undefined;
  /** How long git may say nothing before it is stopped. @default 60_000 */
  readonly gitSilenceMs?: number | undefined;
}

/**
 * Opens a folder for review: the repository that it belongs to, limited to what is below the folder, or
 * the plain file tree if it belongs to none.
 *
 * @throws {RepositoryError} with a message of one line; see `RepositoryErrorCode`.
 */
export async function openRepository(folder: string, options: RepositoryOptions = {}): Promise<Repository> {
  const { base, signal, gitSilenceMs: silenceMs = 60_000 } = options;
  if (!(silenceMs > 0)) {
    throw new RangeError(`Cannot open repository: 'gitSilenceMs' must be above 0: received ${silenceMs}`);
  }
  signal?.throwIfAborted();
  const opened = await requireFolder(folder);
  const found = await findGitFolder(opened);
  if (found.kind !== "git") {
    return openPlain(opened, found.kind === "none" ? "not a git repository" : found.why, base);
  }
  const program = await findGit(found.workTree);
  if (!program) {
    const why = "it is a git repository, and no git was found on the PATH outside of it";
    throw new RepositoryError("REPOSITORY_NO_GIT", `Cannot open ${quoteName(folder)}: ${why}`);
  }
  const git = { program, gitFolder: found.gitFolder, workTree: found.workTree, silenceMs };
  const scope = relative(found.workTree, opened).split(sep).join("/");
  const repository = await openGit(git, { scope, base, signal });
  if (repository) return repository;
  return openPlain(opened, `not tracked by the git repository at ${quoteName(found.workTree)}`, base);
}

function openPlain(folder: string, why: string, base: string | undefined): Repository {
  if (base === undefined) return openFolder(folder, [`${why}: reviewing the file tree`]);
  throw new RepositoryError(
    "REPOSITORY_NO_HISTORY",
    `Cannot compare ${quoteName(folder)} with ${quoteName(base.slice(0, 200))}: ${why}`,
  );
}

/** The absolute path of a folder that can be listed. */
async function requireFolder(folder: string): Promise<string> {
  try {
    // An empty name would be the current folder, which nobody named.
    const real = await realpath(folder && resolve(folder));
    await (await opendir(real)).close();
    return real;
  } catch (error) {
    throw explain(folder, error as NodeJS.ErrnoException);
  }
}

function explain(folder: string, error: NodeJS.ErrnoException): RepositoryError {
  const action = `Cannot open ${quoteName(folder)}`;
  const options = { cause: error };
  switch (error.code) {
    case "ENOTDIR":
      return new RepositoryError("REPOSITORY_NOT_FOLDER", `${action}: not a folder`, options);
    case "EACCES":
    case "EPERM":
      return new RepositoryError("REPOSITORY_DENIED", `${action}: permission denied`, options);
    default:
      return new RepositoryError("REPOSITORY_MISSING", `${action}: no such folder`, options);
  }
}
