import { constants, type BigIntStats } from "node:fs";
import { lstat, open, readlink, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { SkipReason } from "./review-file.ts";

/** Larger files are not reviewed. */
export const MAX_BYTES = 1_000_000;

export type ReadBytes = { readonly bytes: Buffer; readonly why?: undefined } | { readonly why: SkipReason };

// Windows knows neither flag: there the comparison after opening is what finds a link.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

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
    const before = await statWithoutLinks(root, path);
    if (before === undefined) return { why: "link" };
    if (!before.isFile()) return { why: "not a regular file" };
    const handle = await open(join(root, path), FLAGS);
    try {
      return await readOpened(root, path, handle);
    } finally {
      await handle.close();
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

async function readOpened(root: string, path: string, handle: FileHandle): Promise<ReadBytes> {
  const opened = await handle.stat({ bigint: true });
  if (!opened.isFile()) return { why: "not a regular file" };
  if (!(await isThere(root, path, handle, opened))) return { why: "link" };
  if (opened.size > MAX_BYTES) return { why: tooLarge(Number(opened.size)) };
  return await readUpToLimit(handle, Number(opened.size));
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

function reasonOf(error: unknown): SkipReason {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return "deleted";
  if (code === "ELOOP" || code === "EMLINK") return "link";
  if (code === "EACCES" || code === "EPERM") return "unreadable: permission denied";
  if (code === "ENXIO") return "not a regular file";
  return `unreadable: ${code ?? "unknown failure"}`;
}
