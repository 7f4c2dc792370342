import { link, lstat, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StagedFile } from "./file-stage.ts";
import { removeTemporary, temporaryPath } from "./file-temporary.ts";
import { reportProblem } from "../internal/logger.ts";
import { sendFailed } from "../send/send-error.ts";
import { show } from "../show.ts";

/** A name that a new file took, and where its old file waits until all are in place. */
interface Replaced {
  readonly name: string;
  readonly path: string;
  readonly old: string | undefined;
}

/**
 * Gives every staged file its name. If one cannot take it, the names taken before go back to their old files: a set is
 * replaced whole or not at all.
 *
 * @throws {DeliverError} `DELIVER_SEND_FAILED` naming the file.
 */
export async function replaceAll(staged: readonly StagedFile[]): Promise<void> {
  const taken: Replaced[] = [];
  try {
    for (const [index, file] of staged.entries()) {
      // Nothing comes after the last rename, so nothing can ask for its old file.
      taken.push(await replaceOne(file, index < staged.length - 1));
    }
  } catch (error) {
    for (const replaced of taken.toReversed()) await giveBack(replaced);
    throw error;
  }
  for (const { old, name } of taken) if (old !== undefined) await removeTemporary(old, name);
}

async function replaceOne({ name, folder, temporary }: StagedFile, keep: boolean): Promise<Replaced> {
  const path = join(folder, name);
  let old: string | undefined;
  try {
    if (keep) old = await keepOld(path, temporaryPath(folder));
    await rename(temporary, path);
  } catch (cause) {
    if (old !== undefined) await giveBack({ name, path, old });
    throw sendFailed(`Cannot put ${show(name)} in its place`, cause);
  }
  return { name, path, old };
}

/** Keeps what has the name under a second one, which it returns; `undefined` if there is nothing. */
async function keepOld(path: string, second: string): Promise<string | undefined> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found) return undefined;
  if (found.isDirectory()) throw Object.assign(new Error("A folder is there"), { code: "EISDIR" });
  // A hard link leaves the old file in sight. Where there are none, or for a link, it moves aside for a moment.
  const linked =
    found.isFile() &&
    (await link(path, second).then(
      () => true,
      () => false,
    ));
  if (!linked) await rename(path, second);
  return second;
}

async function giveBack({ name, path, old }: Replaced): Promise<void> {
  try {
    if (old === undefined) return await rm(path, { force: true });
    await rename(old, path);
    // A rename between two links to one file does nothing.
    await rm(old, { force: true });
  } catch (error) {
    reportProblem(undefined, `Cannot give ${show(name)} back to its old file`, error);
  }
}
