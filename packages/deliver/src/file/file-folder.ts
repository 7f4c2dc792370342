import { lstat, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { DeliverError } from "../errors.ts";
import { unsafeNameReason } from "./file-name.ts";
import { sendFailed } from "../send/send-error.ts";
import { show } from "../show.ts";

/**
 * Splits a destination's `to` into folder names: none for `"."`.
 *
 * @throws {DeliverError} `DELIVER_UNSAFE_PATH` unless it is a relative path of plain names, with `/` between them.
 */
export function safeSegments(to: string): readonly string[] {
  if (to === ".") return [];
  const segments = to.split("/");
  for (const segment of segments) {
    const reason = unsafeNameReason(segment);
    if (reason !== undefined) throw unsafePath(to, segment, reason);
  }
  return segments;
}

/**
 * Makes the folder below `base`, which is the host's choice and may be a link; below it a link is refused.
 *
 * @throws {DeliverError} `DELIVER_UNSAFE_PATH` for a link, `DELIVER_SEND_FAILED` if a folder cannot be made.
 */
export async function openFolder(base: string, segments: readonly string[]): Promise<string> {
  try {
    await mkdir(base, { recursive: true });
  } catch (error) {
    throw cannotMake(base, error);
  }
  let folder = base;
  for (const segment of segments) {
    folder = join(folder, segment);
    // What matters is what is there afterwards: somebody else may have made it just now.
    const refusal: unknown = await mkdir(folder).catch((error: unknown) => error);
    const found = await lstat(folder).catch(() => undefined);
    if (!found) throw cannotMake(folder, refusal);
    if (found.isSymbolicLink()) throw unsafePath(segments.join("/"), segment, "it is a link");
    if (!found.isDirectory()) throw cannotMake(folder, { code: "ENOTDIR" });
  }
  return folder;
}

/** @throws {DeliverError} `DELIVER_OCCUPIED` if one of the names is a folder's: no rename replaces that. */
export async function requireNoFolderAt(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await lstat(join(folder, name)).catch(() => undefined);
    if (!found?.isDirectory()) continue;
    throw new DeliverError("DELIVER_OCCUPIED", `Cannot write file ${show(name)}: a folder has that name`);
  }
}

function unsafePath(to: string, segment: string, reason: string): DeliverError {
  return new DeliverError(
    "DELIVER_UNSAFE_PATH",
    `Cannot deliver to folder ${show(to)}: ${show(segment)} is refused, ${reason}`,
  );
}

function cannotMake(folder: string, cause: unknown): DeliverError {
  return sendFailed(`Cannot make folder ${show(basename(folder))}`, cause);
}
