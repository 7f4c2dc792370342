import { decodeText } from "./decode-text.ts";
import { quoteName } from "./quoted-name.ts";
import { readSafely } from "./read-safely.ts";
import { RepositoryError } from "./repository-error.ts";
import { isSafePath } from "./safe-path.ts";

export interface ReadText {
  readonly bytes: Buffer;
  readonly text: string;
}

/**
 * Reads a text below `scope` (in git's form, `""` for all of the root).
 *
 * @throws {RepositoryError} `REPOSITORY_SKIPPED` with the reason that a listing would give.
 */
export async function readText(
  root: string,
  scope: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ReadText> {
  const refuse = (why: string): RepositoryError =>
    new RepositoryError("REPOSITORY_SKIPPED", `Cannot read ${quoteName(path)}: ${why}`);
  signal?.throwIfAborted();
  if (!isSafePath(path)) throw refuse("unsafe path");
  if (scope !== "" && !path.startsWith(`${scope}/`)) throw refuse(`not below ${quoteName(scope)}`);
  const read = await readSafely(root, path, signal);
  if (read.why !== undefined) throw refuse(read.why);
  const decoded = decodeText(read.bytes);
  if (decoded.why !== undefined) throw refuse(decoded.why);
  return { bytes: read.bytes, text: decoded.text };
}
