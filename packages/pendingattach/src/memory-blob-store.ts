import type { BlobStore } from "./blob-store.ts";
import { BlockPacker } from "./block-packer.ts";

/** A `BlobStore` in memory: the default, and the reference of the seam. What it holds ends with the process. */
export function memoryBlobStore(): BlobStore {
  const blobs = new Map<string, readonly Uint8Array[]>();
  return {
    putBlob: async (key, source, maxBytes) => {
      const { blocks, size } = await readBlocks(source, maxBytes);
      blobs.set(key, blocks);
      return { size };
    },
    openBlob: (key) => streamOf(blobs.get(key)),
    deleteBlob: async (key) => {
      blobs.delete(key);
    },
  };
}

async function readBlocks(
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<{ blocks: Uint8Array[]; size: number }> {
  const reader = source.getReader();
  const packer = new BlockPacker();
  const blocks: Uint8Array[] = [];
  const takeAll = (): void => {
    for (let block = packer.take(); block; block = packer.take()) blocks.push(block);
  };
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      const error = new RangeError(`Cannot store blob: it has more than ${maxBytes} bytes`);
      // Not waited for: a source that is slow to end must not hold up the refusal.
      void reader.cancel(error).catch(() => {});
      throw error;
    }
    packer.push(value, true);
    takeAll();
  }
  packer.finish();
  takeAll();
  return { blocks, size };
}

function streamOf(blocks: readonly Uint8Array[] | undefined): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (!blocks) return controller.error(new Error("Cannot open blob: there is none of that key"));
        const block = blocks[next++];
        // A copy: what a reader does to it reaches no other reader.
        if (block) controller.enqueue(block.slice());
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
