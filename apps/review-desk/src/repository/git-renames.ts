import { gitRecords } from "./git-output.ts";
import type { Git } from "./git-settings.ts";
import { RepositoryError } from "./repository-error.ts";

/** Where a file was in the base, and the id of what it held there. */
export interface Rename {
  readonly previousPath: string;
  readonly id: string;
}

/** By the path now. */
export type Renames = ReadonlyMap<string, Rename>;

const RAW = /^:\d{6} \d{6} ([0-9a-f]{40,64}) [0-9a-f]{40,64} [RC]\d*$/;

/**
 * The renames between the base and the index, committed or not: moved files, also with edits (as far as
 * git compares them: at most 400 on each side). Compares what git has stored; the working tree is not
 * read. Where a part of what is stored is missing, as in a partial clone, only those without an edit.
 */
export async function renamesSince(
  git: Git,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<Renames> {
  try {
    return await listRenames(git, commit, "-M", signal);
  } catch (error) {
    if (!(error instanceof RepositoryError && error.code === "REPOSITORY_UNUSABLE")) throw error;
    return await listRenames(git, commit, "-M100%", signal);
  }
}

async function listRenames(
  git: Git,
  commit: string,
  similarity: string,
  signal: AbortSignal | undefined,
): Promise<Renames> {
  const command = ["diff-index", "--cached", "-z", "--raw", "--no-abbrev", similarity, "-l400"];
  const only = ["--diff-filter=RC", "--ignore-submodules=all", "--no-ext-diff", "--no-textconv"];
  const fields = gitRecords(git, "list the renames", [...command, ...only, commit, "--"], signal);
  const renames = new Map<string, Rename>();
  let triple: Buffer[] = [];
  for await (const field of fields) {
    triple.push(field);
    const [head, from, to] = triple;
    if (!head || !from || !to) continue;
    const [, id] = RAW.exec(head.toString("latin1")) ?? [];
    if (id) renames.set(to.toString("utf8"), { previousPath: from.toString("utf8"), id });
    triple = [];
  }
  return renames;
}
