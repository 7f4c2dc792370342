import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";

/** The path leads to no plain file within the root: a link, a device, a folder, a file with a second name, or elsewhere. */
export class NotPlainFile extends Error {
  override readonly name: string = "NotPlainFile";
}

/** Never follows a link, and does not wait for whoever holds the other end of a pipe. Absent on Windows. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What opening a link, a folder, a socket, a path through a file or a name with a zero byte fails with. */
const notPlain = new Set([
  "ELOOP",
  "EMLINK",
  "EISDIR",
  "ENXIO",
  "ENOTDIR",
  "ENAMETOOLONG",
  "ERR_INVALID_ARG_VALUE",
]);

/**
 * Opens a file for reading, and only then looks what it is: the checks are of what was opened, so that nobody can exchange
 * it in between. It has to be a regular file of one name that lies within the root, and be the one that its path leads to.
 *
 * @param root may itself be a link; whoever can exchange it, or a folder above it, chooses the files
 * @param path relative to the root, or absolute
 * @throws {NotPlainFile} whose message holds no path
 * @throws what the system says, such as `ENOENT`
 */
export async function openPlainFile(root: string, path: string): Promise<FileHandle> {
  const full = resolve(root, path);
  // Looked at first: nothing is asked of the disk about a path that says itself that it leads elsewhere.
  const isNamed = isWithin(resolve(root), full);
  if (!isNamed && !isAbsolute(path)) throw new NotPlainFile("The path leaves the root");
  const real = await realpath(root);
  // Where the root is a link, an agent may know it by the name that the system gives it.
  if (!isNamed && !isWithin(real, full)) throw new NotPlainFile("The path leaves the root");
  const handle = await openUnfollowed(full);
  try {
    await requirePlain(handle, real, full);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openUnfollowed(path: string): Promise<FileHandle> {
  try {
    // Opening a device can do something already: what can be seen beforehand is not opened at all.
    const entry = await lstat(path);
    if (!entry.isFile()) throw new NotPlainFile("The path leads to a link, a folder or a device");
    return await open(path, flags);
  } catch (error) {
    if (!notPlain.has(String((error as NodeJS.ErrnoException).code))) throw error;
    throw new NotPlainFile("The path leads to no regular file", { cause: error });
  }
}

/** What is asked of an open file. */
interface OpenFile {
  readonly fd: number;
  stat(options: { bigint: true }): Promise<BigIntStats>;
}

/**
 * The checks of an open file.
 *
 * @param root where it really is
 */
export async function requirePlain(file: OpenFile, root: string, path: string): Promise<void> {
  const opened = await file.stat({ bigint: true });
  if (!opened.isFile()) throw new NotPlainFile("The path leads to no regular file");
  if (opened.nlink !== 1n) throw new NotPlainFile("The file has a second name");
  // After its names were counted: one that it has yet is the one that was counted.
  await requirePlace(file, root);
  const real = await realpath(path);
  if (!isWithin(root, real)) throw new NotPlainFile("The path leaves the root through a link");
  // What lies there now is what was opened: a folder on the way was not exchanged meanwhile, and no name was made again.
  const there = await lstat(real, { bigint: true });
  const isOpened = there.dev === opened.dev && there.ino === opened.ino;
  if (!isOpened || there.nlink !== 1n) throw new NotPlainFile("The file was exchanged");
}

/** What Linux appends to the place of an open file that has lost the name by which it was opened. A name may end so, too. */
const lost = " (deleted)";

/**
 * Where an open file lies, which no exchange of names can make untrue: what Linux knows of the descriptor itself. Other systems
 * do not say it, nor one without a readable `/proc`, and there only the path is left to look at.
 */
async function requirePlace({ fd }: OpenFile, root: string): Promise<void> {
  const place = await readlink(`/proc/self/fd/${fd}`).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "ENAMETOOLONG") return undefined;
    throw new NotPlainFile("The open file lies too deep to say where", { cause: error });
  });
  if (place === undefined) return;
  if (place.endsWith(lost)) throw new NotPlainFile("The open file has lost its name");
  if (!isWithin(root, place)) throw new NotPlainFile("The open file lies elsewhere");
}

function isWithin(root: string, path: string): boolean {
  const inside = relative(root, path);
  return inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
