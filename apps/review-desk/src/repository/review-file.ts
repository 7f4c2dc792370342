/** First and last line, 1-based, both included. */
export type LineRange = readonly [first: number, last: number];

/** A text file to be reviewed. Its text is not kept: `Repository.read` fetches it. */
export interface ReviewFile {
  readonly kind: "file";
  /** Relative to `Repository.root`, separated by `/`. Chosen by the repository: quote it before it is shown. */
  readonly path: string;
  /** `tracked` when there is no base to compare with. */
  readonly status: "tracked" | "added" | "modified" | "renamed";
  /** Where a renamed file was in the base. */
  readonly previousPath?: string | undefined;
  readonly bytes: number;
  readonly lineCount: number;
  /** With a base: the lines that were added or rewritten since, ascending. Empty if lines only went. */
  readonly changedLines?: readonly LineRange[] | undefined;
  /** The id of the base's version; absent for a new file. */
  readonly baseId?: string | undefined;
  /** Why `changedLines` is coarser than the change is. */
  readonly note?: string | undefined;
}

/** Why a file is left out of the review. */
export type SkipReason =
  | "binary"
  | "deleted"
  | "generated"
  | "link"
  | "name not UTF-8"
  | "not UTF-8"
  | "not a regular file"
  | "not checked out"
  | "submodule"
  | "too deep"
  | "unsafe path"
  | `too large (${string})`
  | `too many entries (${string})`
  | `not walked: ${string}`
  | `unreadable: ${string}`;

/** Something that is not reviewed, and why. `path` is as in {@link ReviewFile}; it may be a folder. */
export interface SkippedFile {
  readonly kind: "skipped";
  readonly path: string;
  readonly why: SkipReason;
}
