import { resolve } from "node:path";
import { freeName, requireDistinctNames } from "./file-name.ts";
import { openFolder, requireNoFolderAt, safeSegments } from "./file-folder.ts";
import { replaceAll } from "./file-replace.ts";
import type { StagedFile } from "./file-stage.ts";
import { stageFile } from "./file-stage.ts";
import { removeTemporary } from "./file-temporary.ts";
import type { OutMessage } from "../message.ts";
import type { OutFile } from "../out-file.ts";
import { outFile } from "../out-file.ts";
import { show } from "../show.ts";
import type { Transport } from "../transport.ts";

export interface FileTransportOptions {
  /** The folder that nothing leaves. Made if it is missing; may itself be a link. Relative to the current folder now. */
  readonly root: string;
}

/**
 * Makes the transport `"file"`: it writes a message's files, and its text as `message.md` or `message.txt` by format,
 * into the folder `to` below `root`, which it makes if need be; as `message (2).md` and so on where a file has that name. `to` is a path with `/`; `"."` is the root itself.
 *
 * All files are complete before the first one takes its name, and each takes it by a rename: a reader sees no half
 * file, and a failure or an abort leaves the old ones. A process killed while it renames may leave some new, some old.
 *
 * `send` rejects, before it writes anything, with `DELIVER_UNSAFE_NAME`, `DELIVER_DUPLICATE_NAME`, `DELIVER_UNSAFE_PATH` (`to`
 * leaves the root or passes through a link) or `DELIVER_OCCUPIED` (a folder has a file's name).
 */
export function fileTransport(options: FileTransportOptions): Transport {
  const root: unknown = options?.root;
  if (typeof root !== "string" || root === "" || root.includes("\0")) {
    throw new TypeError(`Cannot create file transport: 'root' must be a path: received ${show(root)}`);
  }
  const base = resolve(root);
  return {
    name: "file",
    // What is written again replaces itself.
    caps: { dedupe: "key" },
    async send({ to }, { message }, { signal }) {
      signal.throwIfAborted();
      const files = filesOf(message);
      const names = files.map(({ name }) => name);
      requireDistinctNames(names);
      const folder = await openFolder(base, safeSegments(to));
      await requireNoFolderAt(folder, names);
      await writeAll(folder, files, signal);
    },
  };
}

function filesOf({ text, format, files = [] }: OutMessage): readonly OutFile[] {
  if (text === "") return files;
  const [extension, mediaType] = format === "markdown" ? [".md", "text/markdown"] : [".txt", "text/plain"];
  const taken = files.map(({ name }) => name);
  return [...files, outFile(freeName("message", extension, taken), text, mediaType)];
}

async function writeAll(folder: string, files: readonly OutFile[], signal: AbortSignal): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const file of files) staged.push(await stageFile(folder, file, signal));
    signal.throwIfAborted();
    await replaceAll(staged);
  } catch (error) {
    for (const { temporary, name } of staged) await removeTemporary(temporary, name);
    throw error;
  }
}
