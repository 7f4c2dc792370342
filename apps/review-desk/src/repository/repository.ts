import type { Hunk } from "./hunks.ts";
import type { ReviewFile, SkippedFile } from "./review-file.ts";

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A folder under review. It is hostile: nothing in it is run, and nothing outside of it is shown as its own.
 *
 * Contract:
 * - What is reviewed is the working tree, with edits that are not committed; untracked files are not.
 * - Nothing is written, and nothing stays open between calls.
 * - Names (`path`, `head`, refs) are the repository's words: quote them before they reach a terminal.
 */
export interface Repository {
  /** Absolute, links resolved. All paths are relative to it. */
  readonly root: string;
  readonly kind: "git" | "folder";
  /** The branch, or `detached at 0123456789ab`; absent for a plain folder. */
  readonly head?: string | undefined;
  /** The commit that files are compared with. */
  readonly baseCommit?: string | undefined;
  /** What a reader of the review has to know, one line each. */
  readonly notes: readonly string[];
  /**
   * The files to review and those that are skipped, in byte order of their paths, found while the caller
   * asks for them. With a base only what changed. The contents are not kept.
   *
   * @throws {RepositoryError} `REPOSITORY_UNUSABLE` or `REPOSITORY_GIT_SILENT`.
   */
  files(options?: ReadOptions): AsyncIterable<ReviewFile | SkippedFile>;
  /**
   * The text of a file in the working tree, line ends as they are. Any path below the folder that was
   * opened can be read, listed or not: what a model asks for is to be checked against the listing.
   *
   * @throws {RepositoryError} `REPOSITORY_SKIPPED` if it is, by now, nothing that is reviewed.
   */
  read(path: string, options?: ReadOptions): Promise<string>;
  /**
   * What a listed file changed, against its version in the base: for a new file one hunk with all
   * its lines, without a base none. Errors as `read`.
   */
  hunks(file: ReviewFile, options?: ReadOptions): Promise<readonly Hunk[]>;
}
