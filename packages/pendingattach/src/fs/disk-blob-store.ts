import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "../blob-store.ts";
import { requireFilled, requireObject } from "../check-arguments.ts";
import { openPlainFile } from "./plain-file.ts";
import { readHandle } from "./read-handle.ts";

export interface DiskBlobStoreOptions {
  /** The folder of the blobs, theirs alone. Made if it is not there; may itself be a link. */
  readonly root: string;
}

/**
 * A `BlobStore` in a folder. A key never becomes a path: a blob's file is named by the SHA-256 of its key, and what lies
 * there as a link, a device or under a second name is not opened.
 *
 * What was put is whole or not there, also after a kill. Files of runs that were killed stay until somebody deletes them.
 *
 * @throws {TypeError} if the root is no string that has something in it
 */
export function diskBlobStore(options: DiskBlobStoreOptions): BlobStore {
  requireObject(options, "Cannot create disk blob store: 'options'");
  const { root } = options;
  requireFilled(root, "Cannot create disk blob store: 'root'");
  return {
    putBlob: async (key, source, maxBytes) => {
      const temporary = join(root, `.${randomUUID()}.tmp`);
      try {
        const size = await writeTemporary(root, temporary, source, maxBytes);
        await rename(temporary, join(root, fileName(key)));
        return { size };
      } catch (error) {
        if (!source.locked) void source.cancel(error).catch(() => {});
        // What failed first is told, whatever comes of the rest.
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      }
    },
    openBlob: (key) => streamOf(readBlob(root, key)),
    deleteBlob: (key) => rm(join(root, fileName(key)), { force: true }),
  };
}

function fileName(key: string): string {
  // UTF-16 as it is: in UTF-8 two keys with different halves of a pair would be one.
  return `${createHash("sha256").update(key, "utf16le").digest("hex")}.blob`;
}

async function* readBlob(root: string, key: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* readHandle(await openPlainFile(root, fileName(key)));
}

async function writeTemporary(
  root: string,
  temporary: string,
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<number> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  // "wx": never through a link, never over what is there.
  const handle = await open(temporary, "wx", 0o600);
  try {
    const size = await copyStream(source, handle, maxBytes);
    // Without it a power cut could leave the name on an empty file.
    await handle.sync();
    return size;
  } finally {
    await handle.close();
  }
}

async function copyStream(
  source: ReadableStream<Uint8Array>,
  handle: FileHandle,
  maxBytes: number,
): Promise<number> {
  const reader = source.getReader();
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return size;
      size += value.byteLength;
      if (size > maxBytes) throw new RangeError(`Cannot store blob: it has more than ${maxBytes} bytes`);
      await handle.writeFile(value);
    }
  } catch (error) {
    // Not waited for: a source that is slow to end must not hold up the refusal.
    void reader.cancel(error).catch(() => {});
    throw error;
  }
}

/** Opened with the first read, closed at the end or when the reader has enough. */
function streamOf(chunks: AsyncGenerator<Uint8Array, void, undefined>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => {
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}
