import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { quoteName } from "../repository/quoted-name.ts";
import { openSafely, readOpened, reasonOf } from "../repository/read-safely.ts";
import { blobId } from "./blob-id.ts";
import { PatchError } from "./patch-error.ts";

export interface Rewrite {
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
}

/**
 * What a file holds, if it is one that may be written: regular, below the root, under no other name, and with one of the contents
 * that are known by their ids.
 *
 * @throws {PatchError} `PATCH_REFUSED`, `PATCH_CHANGED`
 */
export async function readForRewrite(root: string, path: string, ids: readonly string[]): Promise<Buffer> {
  const opened = await openForRewrite(root, path);
  try {
    return await requireContent(opened, path, ids);
  } finally {
    await opened.handle.close();
  }
}

/**
 * Writes new content into a file, in place and by its descriptor, if it still holds the old one. When that fails half-way, the
 * old one is put back.
 *
 * @throws {PatchError} `PATCH_REFUSED`, `PATCH_CHANGED`: nothing was written; `PATCH_FAILED`; `PATCH_TORN`: it is broken now.
 */
export async function rewriteFile(root: string, { path, before, after }: Rewrite): Promise<void> {
  const opened = await openForRewrite(root, path);
  try {
    await requireContent(opened, path, [blobId(before)]);
    try {
      await overwrite(opened.handle, after);
    } catch (cause) {
      const why = `${quoteName(path)} could not be written (${codeOf(cause)})`;
      await overwrite(opened.handle, before).catch(() => {
        throw new PatchError("PATCH_TORN", `The patch is half applied: ${why}, nor put back`, { cause });
      });
      throw new PatchError("PATCH_FAILED", `Cannot apply the patch: ${why}`, { cause });
    }
  } finally {
    await opened.handle.close();
  }
}

interface Opened {
  readonly handle: FileHandle;
  readonly bytes: number;
}

async function openForRewrite(root: string, path: string): Promise<Opened> {
  const opened = await openSafely(root, path, constants.O_RDWR).catch((cause: unknown) => ({
    why: reasonOf(cause),
  }));
  if (opened.why !== undefined) throw refused(path, opened.why);
  if (opened.names === 1) return opened;
  await opened.handle.close();
  throw refused(path, "it has a second name (a hard link)");
}

async function requireContent(
  { handle, bytes }: Opened,
  path: string,
  ids: readonly string[],
): Promise<Buffer> {
  const read = await readOpened(handle, bytes);
  if (read.why !== undefined) throw refused(path, read.why);
  if (ids.includes(blobId(read.bytes))) return read.bytes;
  throw new PatchError(
    "PATCH_CHANGED",
    `Cannot apply the patch: ${quoteName(path)} has changed since it was reviewed`,
  );
}

async function overwrite(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, at);
    at += bytesWritten;
  }
  await handle.truncate(bytes.length);
  await handle.sync();
}

function refused(path: string, why: string): PatchError {
  return new PatchError(
    "PATCH_REFUSED",
    `Cannot apply the patch: ${quoteName(path)} may not be written: ${why}`,
  );
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "unknown failure";
}
