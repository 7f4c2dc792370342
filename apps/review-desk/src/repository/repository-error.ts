/**
 * Why a folder cannot be reviewed, or a file in it cannot be read.
 *
 * - `REPOSITORY_MISSING`, `REPOSITORY_NOT_FOLDER`, `REPOSITORY_DENIED`: the folder itself.
 * - `REPOSITORY_NO_GIT`: it is a git repository and there is no git to ask.
 * - `REPOSITORY_NO_HISTORY`: a base was given for a folder that is not reviewed through git.
 * - `REPOSITORY_UNKNOWN_REF`: the base names no commit.
 * - `REPOSITORY_UNUSABLE`: git, or what it printed, makes no sense of the repository.
 * - `REPOSITORY_GIT_SILENT`: git was killed because it said nothing for too long.
 * - `REPOSITORY_SKIPPED`: the file is not one that is reviewed; the message ends with why.
 */
export type RepositoryErrorCode =
  | "REPOSITORY_MISSING"
  | "REPOSITORY_NOT_FOLDER"
  | "REPOSITORY_DENIED"
  | "REPOSITORY_NO_GIT"
  | "REPOSITORY_NO_HISTORY"
  | "REPOSITORY_UNKNOWN_REF"
  | "REPOSITORY_UNUSABLE"
  | "REPOSITORY_GIT_SILENT"
  | "REPOSITORY_SKIPPED";

/** The message is one line, fit for a terminal: names in it are quoted by {@link quoteName}. */
export class RepositoryError extends Error {
  override readonly name = "RepositoryError";
  readonly code: RepositoryErrorCode;

  constructor(code: RepositoryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
