import { constants, type BigIntStats } from "node:fs";
import { lstat, open, readlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { SkipReason } from "./review-file.ts";

/** Larger files are not reviewed. */
export const MAX_BYTES = 1_000_000;

export type ReadBytes = { readonly bytes: Buffer; readonly why?: undefined } | { readonly why: SkipReason };

// Windows knows neither flag: there the comparison after opening is what finds a link.
const NEVER_ELSEWHERE = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a regular file below `root` (absolute, links resolved) of at most {@link MAX_BYTES}. Anything else
 * is an answer and no error: a link anywhere on the way, a pipe, a missing file (`deleted`), no permission.
 * `path` is in git's form and has passed `isSafePath`.
 *
 * The way is looked at first, the file is opened without following a link and without waiting for a
 * pipe, and then it is asked where what was opened is: a swap in between is seen (on Linux every one).
 */
export async function readSafely(root: string, path: string, signal?: AbortSignal): Promise<ReadBytes> {
  signal?.throwIfAborted();
  try {
    const opened = await openSafely(root, path, constants.O_RDONLY);
    if (opened.why !== undefined) return opened;
    try {
      return await readOpened(opened.handle, opened.bytes);
    } finally {
      await opened.handle.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    return { why: reasonOf(error) };
  }
}

/** The stats of the file at the end of the path; `undefined` if a link is on the way or at the end. */
async function statWithoutLinks(root: string, path: string): Promise<BigIntStats | undefined> {
  let at = root;
  let stats: BigIntStats | undefined;
  for (const part of path.split("/")) {
    at = join(at, part);
    stats = await lstat(at, { bigint: true });
    if (stats.isSymbolicLink()) return undefined;
  }
  return stats;
}

/** A regular file that is open, with its size; it is the caller's to close. */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly bytes: number;
  /** How many names it has: with more than one it may be a file of somewhere else too. */
  readonly names: number;
  readonly why?: undefined;
}

/**
 * Opens a regular file below `root` as `readSafely` does, for whatever `access` says (`O_RDONLY`, `O_RDWR`).
 *
 * @throws what the file system says
 */
export async function openSafely(
  root: string,
  path: string,
  access: number,
): Promise<OpenedFile | { readonly why: SkipReason }> {
  const before = await statWithoutLinks(root, path);
  if (before === undefined) return { why: "link" };
  if (!before.isFile()) return { why: "not a regular file" };
  const handle = await open(join(root, path), access | NEVER_ELSEWHERE);
  try {
    const opened = await handle.stat({ bigint: true });
    const why = await reasonAgainst(root, path, handle, opened);
    if (why === undefined) return { handle, bytes: Number(opened.size), names: Number(opened.nlink) };
    await handle.close();
    return { why };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function reasonAgainst(
  root: string,
  path: string,
  handle: FileHandle,
  opened: BigIntStats,
): Promise<SkipReason | undefined> {
  if (!opened.isFile()) return "not a regular file";
  return (await isThere(root, path, handle, opened)) ? undefined : "link";
}

/** All that an open file holds; its size is the one that was seen when it was opened. */
export async function readOpened(handle: FileHandle, size: number): Promise<ReadBytes> {
  return size > MAX_BYTES ? { why: tooLarge(size) } : await readUpToLimit(handle, size);
}

/** Returns if what was opened is a file below the root, not one that a link led to just then. */
async function isThere(
  root: string,
  path: string,
  handle: FileHandle,
  opened: BigIntStats,
): Promise<boolean> {
  // Linux knows where an open file is. Elsewhere only its path can be looked at once more.
  const place = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
  if (place !== undefined) return place === join(root, path);
  const now = await statWithoutLinks(root, path);
  return now?.ino === opened.ino && now.dev === opened.dev;
}

async function readUpToLimit(handle: FileHandle, expected: number): Promise<ReadBytes> {
  // One byte more than expected: a file that grows meanwhile must not be cut without a word.
  let buffer = Buffer.allocUnsafe(expected + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) return { bytes: buffer.subarray(0, length) };
    length += bytesRead;
    if (length > MAX_BYTES) return { why: tooLarge(length) };
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(length * 2, MAX_BYTES + 1));
  }
}

/** Rounded up, so that what is too large never reads as if it were not. */
function tooLarge(bytes: number): SkipReason {
  return `too large (${(Math.ceil(bytes / 100_000) / 10).toFixed(1)} MB)`;
}

export function reasonOf(error: unknown): SkipReason {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "deleted";
  if (code === "ELOOP" || code === "EMLINK") return "link";
  if (code === "EACCES" || code === "EPERM") return "unreadable: permission denied";
  if (code === "ENXIO") return "not a regular file";
  return `unreadable: ${code ?? "unknown failure"}`;
}
