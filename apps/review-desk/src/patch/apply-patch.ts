import { decodeText } from "../repository/decode-text.ts";
import { quoteName } from "../repository/quoted-name.ts";
import { RepositoryError } from "../repository/repository-error.ts";
import type { Repository } from "../repository/repository.ts";
import { applyHunks } from "./apply-hunks.ts";
import { blobId } from "./blob-id.ts";
import { PatchError } from "./patch-error.ts";
import { type FilePatch, readPatch } from "./read-patch.ts";
import { readForRewrite, rewriteFile, type Rewrite } from "./rewrite-file.ts";

export interface ApplyPatchOptions {
  /** Stops it before the first file is written; from then on it goes to its end. */
  readonly signal?: AbortSignal | undefined;
  /** Told of each path before it is written. */
  readonly onWrite?: ((path: string) => unknown) | undefined;
}

/**
 * Applies a patch of `makePatch` to the working tree: all of it or nothing. Every file is looked at before the first is written; it
 * must be a regular file below the folder that was opened, reached through no link, and as it was when the patch was made. They are
 * written in place. If one cannot be, those before it are put back. Gives the paths, in the patch's order.
 *
 * A process that is killed between two writes leaves some of them written. A file that is already as the patch would have it stays so:
 * the patch can be applied again, and then all of it is.
 *
 * @throws {PatchError} why it was not applied; and the reason of `signal`.
 */
export async function applyPatch(
  repository: Pick<Repository, "root" | "read">,
  patch: string,
  options: ApplyPatchOptions = {},
): Promise<readonly string[]> {
  const files = readPatch(patch);
  return inTurn(repository.root, async () => {
    const rewrites: Rewrite[] = [];
    for (const file of files) {
      const rewrite = await planRewrite(repository, file, options.signal);
      if (rewrite !== undefined) rewrites.push(rewrite);
    }
    options.signal?.throwIfAborted();
    await rewriteAll(repository.root, rewrites, options.onWrite);
    return files.map(({ path }) => path);
  });
}

const last = new Map<string, Promise<unknown>>();

/** Two patches of one folder do not mix. */
async function inTurn<T>(root: string, work: () => Promise<T>): Promise<T> {
  const result = (last.get(root) ?? Promise.resolve()).then(work);
  const settled = result.catch(() => {});
  last.set(root, settled);
  try {
    return await result;
  } finally {
    if (last.get(root) === settled) last.delete(root);
  }
}

async function planRewrite(
  { root, read }: Pick<Repository, "root" | "read">,
  { path, beforeId, afterId, hunks }: FilePatch,
  signal: AbortSignal | undefined,
): Promise<Rewrite | undefined> {
  await requireReviewable(read, path, signal);
  const before = await readForRewrite(root, path, [beforeId, afterId]);
  if (blobId(before) === afterId) return undefined;
  const text = before.toString();
  const after = decodeText(before).why === undefined ? applyHunks(text, hunks) : undefined;
  const bytes = Buffer.from(after ?? "");
  if (after !== undefined && blobId(bytes) === afterId) return { path, before, after: bytes };
  throw new PatchError(
    "PATCH_MALFORMED",
    `Cannot apply the patch: its changes do not fit ${quoteName(path)}`,
  );
}

/** What the repository would not show, nobody writes: it may lie beside the folder that was opened. */
async function requireReviewable(
  read: Repository["read"],
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await read(path, { signal });
  } catch (error) {
    if (!(error instanceof RepositoryError)) throw error;
    throw new PatchError("PATCH_REFUSED", `Cannot apply the patch: ${error.message}`, { cause: error });
  }
}

async function rewriteAll(
  root: string,
  rewrites: readonly Rewrite[],
  onWrite: ApplyPatchOptions["onWrite"],
): Promise<void> {
  const done: Rewrite[] = [];
  try {
    for (const rewrite of rewrites) {
      tell(onWrite, rewrite.path);
      await rewriteFile(root, rewrite);
      done.push(rewrite);
    }
  } catch (error) {
    const left = await putBack(root, done);
    if (left.length === 0) throw error;
    const message = `The patch is half applied: ${left.map(quoteName).join(", ")} could not be put back`;
    throw new PatchError("PATCH_TORN", message, { cause: error });
  }
}

/** The paths that could not be put back. */
async function putBack(root: string, done: readonly Rewrite[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const { path, before, after } of done.toReversed()) {
    await rewriteFile(root, { path, before: after, after: before }).catch(() => left.push(path));
  }
  return left;
}

/** Who watches does not break the work. */
function tell(onWrite: ApplyPatchOptions["onWrite"], path: string): void {
  try {
    onWrite?.(path);
  } catch {
    // There is nobody here who could be told of it.
  }
}
