import type { FileHandle } from "node:fs/promises";

const chunkBytes = 65_536;

/** The bytes of an open file from its beginning, in chunks that are the reader's own. Closes the file, however it ends. */
export async function* readHandle(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(chunkBytes), 0, chunkBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
