import { createBlobReader } from "./blob-reader.ts";
import { indexedNames, namesInCommit, type IndexedName, type ListedName } from "./git-listing.ts";
import { isShallow, mergeBase, readHead, resolveBase, shortId, type Head } from "./git-refs.ts";
import { renamesSince, type Renames } from "./git-renames.ts";
import type { Git } from "./git-settings.ts";
import { toHunks, type Hunk } from "./hunks.ts";
import { joinByName } from "./join-by-name.ts";
import { mapAhead, READ_AHEAD } from "./map-ahead.ts";
import { quoteName } from "./quoted-name.ts";
import type { ReadOptions, Repository } from "./repository.ts";
import { reviewEntry } from "./review-entry.ts";
import type { ReviewFile, SkippedFile } from "./review-file.ts";
import { readText } from "./scoped-reader.ts";
import { compareWithStored } from "./stored-comparison.ts";

export interface GitReviewOptions {
  /** In git's form, relative to the work tree; `""` for all of it. */
  readonly scope: string;
  readonly base: string | undefined;
  readonly signal: AbortSignal | undefined;
}

interface Base {
  readonly commit: string;
  readonly renames: Renames;
}

/**
 * Opens the working tree of a git repository. `undefined` if there is no base and nothing is tracked below the scope:
 * a folder that only happens to lie in somebody's repository.
 *
 * @throws {RepositoryError} `REPOSITORY_UNKNOWN_REF`, `REPOSITORY_UNUSABLE`, `REPOSITORY_GIT_SILENT`.
 */
export async function openGit(git: Git, options: GitReviewOptions): Promise<Repository | undefined> {
  const { scope, base: name, signal } = options;
  const isTracked = await hasTracked(git, scope, signal);
  if (!isTracked && scope !== "" && name === undefined) return undefined;
  const head = await readHead(git, signal);
  const notes: string[] = [];
  if (scope !== "") notes.push(`only ${quoteName(scope)} of the repository`);
  if (head.detached) notes.push(`detached head at ${shortId(head.commit ?? "")}`);
  if (!head.commit) notes.push("no commits yet");
  if (!isTracked) notes.push("no file is tracked by git");
  const base = name === undefined ? undefined : await findBase(git, head, name, notes, signal);
  return {
    root: git.workTree,
    kind: "git",
    head: head.label,
    baseCommit: base?.commit,
    notes,
    files: (each: ReadOptions = {}) => listFiles(git, scope, base, each.signal),
    read: async (path, each = {}) => (await readText(git.workTree, scope, path, each.signal)).text,
    hunks: (file, each = {}) => readHunks(git, scope, file, each.signal),
  };
}

async function hasTracked(git: Git, scope: string, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const _ of indexedNames(git, scope, signal)) return true;
  return false;
}

async function findBase(
  git: Git,
  head: Head,
  name: string,
  notes: string[],
  signal: AbortSignal | undefined,
): Promise<Base> {
  const shallow = await isShallow(git, signal);
  const commit = await resolveBase(git, name, hintFor(head, shallow), signal);
  const shared = head.commit && (await mergeBase(git, commit, head.commit, signal));
  if (!shared) {
    const unknown = "shallow clone: where HEAD and the base parted is not known";
    const why = shallow ? unknown : "HEAD and the base share no commit";
    notes.push(`${why}, compared with ${quoteName(name)} itself`);
  }
  const from = shared ?? commit;
  return { commit: from, renames: await renamesSince(git, from, signal) };
}

/** What may be the reason that a base is not found. */
function hintFor(head: Head, shallow: boolean): string {
  if (!head.commit) return ", which has no commits yet";
  return shallow ? ", a shallow clone: fetch it first" : "";
}

type Pair = readonly [IndexedName | undefined, ListedName | undefined];

async function* listFiles(
  git: Git,
  scope: string,
  base: Base | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReviewFile | SkippedFile> {
  const blobs = base && createBlobReader(git, signal);
  const review = { root: git.workTree, blobs, signal };
  const moved = new Set([...(base?.renames.values() ?? [])].map((rename) => rename.previousPath));
  const pairs = listPairs(git, scope, base, signal);
  const judge = async ([indexed, stored]: Pair): Promise<ReviewFile | SkippedFile | undefined> => {
    const path = (indexed ?? stored)!.name.toString("utf8");
    if (!indexed && moved.has(path)) return undefined;
    return await reviewEntry(review, { path, indexed, base: stored, rename: base?.renames.get(path) });
  };
  try {
    for await (const entry of mapAhead(pairs, READ_AHEAD, judge)) if (entry) yield entry;
  } finally {
    blobs?.stop();
  }
}

async function* listPairs(
  git: Git,
  scope: string,
  base: Base | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Pair> {
  const indexed = indexedNames(git, scope, signal);
  if (base) yield* joinByName(indexed, namesInCommit(git, base.commit, scope, signal));
  else for await (const name of indexed) yield [name, undefined];
}

async function readHunks(
  git: Git,
  scope: string,
  file: ReviewFile,
  signal: AbortSignal | undefined,
): Promise<readonly Hunk[]> {
  if (file.changedLines === undefined) return [];
  const { bytes, text } = await readText(git.workTree, scope, file.path, signal);
  const blobs = createBlobReader(git, signal);
  try {
    const stored = file.baseId === undefined ? undefined : await blobs.read(file.baseId);
    const { before, lines, blocks } = compareWithStored(stored, bytes, text);
    return toHunks(before, lines, blocks);
  } finally {
    blobs.stop();
  }
}
