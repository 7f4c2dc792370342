/**
 * - `PATCH_MALFORMED`: it is no patch as `makePatch` writes it.
 * - `PATCH_REFUSED`: it names something that is not reviewed: outside the folder, a link, no regular file, …
 * - `PATCH_CHANGED`: a file is not as it was when the patch was made.
 * - `PATCH_FAILED`: a file could not be written; all that had been written is as before.
 * - `PATCH_TORN`: a file could not be written, and not all of the others could be put back; the message names them.
 */
export type PatchErrorCode =
  | "PATCH_MALFORMED"
  | "PATCH_REFUSED"
  | "PATCH_CHANGED"
  | "PATCH_FAILED"
  | "PATCH_TORN";

/** Why a patch was not applied. The message is one line, and names from the repository in it are quoted. */
export class PatchError extends Error {
  override readonly name = "PatchError";
  readonly code: PatchErrorCode;

  constructor(code: PatchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
