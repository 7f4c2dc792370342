import { basename } from "node:path";
import type { AddOptions, AttachInput, PendingAttachments } from "../attachments.ts";
import { requireFilled, requireFunction, requireObject } from "../check-arguments.ts";
import type { PendingFile } from "../pending-file.ts";
import { unsafePath } from "../refusals.ts";
import { NotPlainFile, openPlainFile } from "./plain-file.ts";
import { readHandle } from "./read-handle.ts";

/** A file on a disk, as an agent names it. */
export interface FileOnDisk extends Omit<AttachInput, "data"> {
  /** The only folder that files may come from. The host's choice, never the agent's. */
  readonly root: string;
  /** Relative to the root, or absolute and within it. */
  readonly path: string;
  /** @default the last part of the path */
  readonly name?: string | undefined;
}

/**
 * Takes a copy of a file that an agent names. Taken is a regular file with one name that really lies within the root:
 * nothing that a link leads to, no device, nothing with a second name elsewhere. The checks are of the opened file.
 *
 * @throws {AttachError} `ATTACH_PATH` if it is no such file, or is not there; else as `add` does
 * @throws {TypeError} if the root or the path is no string that has something in it
 */
export async function attachFile(
  attachments: Pick<PendingAttachments, "add">,
  file: FileOnDisk,
  options: AddOptions = {},
): Promise<PendingFile> {
  requireFunction(attachments?.add, "Cannot attach file: 'attachments.add'");
  requireObject(file, "Cannot attach file: 'file'");
  const { root, path, name, ...rest } = file;
  requireFilled(root, "Cannot attach file: 'root'");
  requireFilled(path, "Cannot attach file: 'path'");
  return attachments.add({ ...rest, name: name ?? basename(path), data: readPath(root, path) }, options);
}

/** Opened when it is first read, so that a bag that takes no more files opens none. */
async function* readPath(root: string, path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openPlainFile(root, path).catch((error: unknown) => {
    throw isRefusal(error) ? unsafePath(error) : error;
  });
  yield* readHandle(handle);
}

function isRefusal(error: unknown): boolean {
  return error instanceof NotPlainFile || (error as { readonly code?: unknown }).code === "ENOENT";
}
