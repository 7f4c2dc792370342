import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChecksError } from "./errors.ts";

/** A file to put into the folder; `path` is ours, relative, with `/`. */
export interface ScratchFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/**
 * A private folder for copies of hostile files, outside every repository. It is made at first use,
 * readable by this user only, and every name in it is ours.
 */
export class ScratchFolder {
  readonly #parent: string;
  #made: Promise<string> | undefined;

  constructor(parent: string = tmpdir()) {
    this.#parent = parent;
  }

  /**
   * Absolute path, links resolved.
   *
   * @throws {ChecksError} `CHECK_UNAVAILABLE` if the folder can not be made.
   */
  path(): Promise<string> {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Writes the files under a folder of that name and returns its absolute path. */
  async fill(name: string, files: readonly ScratchFile[]): Promise<string> {
    const folder = join(await this.path(), name);
    await mkdir(folder);
    await Promise.all(
      files.map(async ({ path, content }) => {
        await mkdir(join(folder, path, ".."), { recursive: true });
        await writeFile(join(folder, path), content, { flag: "wx" });
      }),
    );
    return folder;
  }

  async empty(name: string): Promise<void> {
    await remove(join(await this.path(), name));
  }

  /** Deletes all of it. The object can not be used afterwards. */
  async remove(): Promise<void> {
    const made = await this.#made?.catch(() => undefined);
    if (made !== undefined) await remove(made);
  }

  async #make(): Promise<string> {
    try {
      const folder = await realpath(await mkdtemp(join(this.#parent, "review-desk-")));
      await chmod(folder, 0o700);
      // Tools that look upwards for the package a file belongs to stop here.
      await writeFile(join(folder, "package.json"), "{}");
      return folder;
    } catch (cause) {
      const message = `Cannot make a scratch folder in "${this.#parent}"`;
      throw new ChecksError("CHECK_UNAVAILABLE", message, { cause });
    }
  }
}

function remove(folder: string): Promise<void> {
  // On Windows a folder may be held for a moment by a process that has just ended.
  return rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
}
