import { gitRecords, unusable } from "./git-output.ts";
import type { Git } from "./git-settings.ts";

/** A name that git keeps, with the id of what it names. */
export interface ListedName {
  /** As git stores it: bytes, relative to the work tree. */
  readonly name: Buffer;
  /** `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  readonly mode: string;
  readonly id: string;
}

export interface IndexedName extends ListedName {
  /** `false` in a sparse checkout for what was left out of the working tree. */
  readonly checkedOut: boolean;
}

const INDEXED = /^([A-Za-z?]) (\d{6}) ([0-9a-f]{40,64}) [0-3]$/;
const IN_TREE = /^(\d{6}) (?:blob|commit) ([0-9a-f]{40,64})$/;
const TAB = 9;

/**
 * What the index holds at `scope` or below it (`""` for all), in byte order, each name once: of a
 * merge conflict's up to three versions the first.
 */
export async function* indexedNames(
  git: Git,
  scope: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<IndexedName> {
  const doing = "list the tracked files";
  const command = ["ls-files", "-z", "-t", "--stage", "--full-name", ...within(scope)];
  let last: Buffer | undefined;
  for await (const record of gitRecords(git, doing, command, signal)) {
    const tab = record.indexOf(TAB);
    const [, tag, mode, id] = INDEXED.exec(record.toString("latin1", 0, Math.max(tab, 0))) ?? [];
    if (!tag || !mode || !id) throw unusable(git, doing, "git prints a line that is no index entry");
    const name = record.subarray(tab + 1);
    const order = last ? Buffer.compare(last, name) : -1;
    if (order > 0) throw unusable(git, doing, "its index is not in order");
    last = name;
    if (order < 0) yield { name, mode, id, checkedOut: tag !== "S" };
  }
}

/** What a commit holds at `scope` or below it, in byte order. */
export async function* namesInCommit(
  git: Git,
  commit: string,
  scope: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedName> {
  const doing = "list the files of the base";
  const command = ["ls-tree", "-r", "-z", "--full-tree", commit, ...within(scope)];
  let last: Buffer | undefined;
  for await (const record of gitRecords(git, doing, command, signal)) {
    const tab = record.indexOf(TAB);
    const [, mode, id] = IN_TREE.exec(record.toString("latin1", 0, Math.max(tab, 0))) ?? [];
    if (!mode || !id) throw unusable(git, doing, "git prints a line that is no tree entry");
    const name = record.subarray(tab + 1);
    if (last && Buffer.compare(last, name) >= 0) throw unusable(git, doing, "its tree is not in order");
    last = name;
    yield { name, mode, id };
  }
}

function within(scope: string): string[] {
  return scope === "" ? [] : ["--", scope];
}
