import { requireName, requireWhole } from "../store-arguments.ts";
import type { BlobStore } from "./outbox-store.ts";

/** Keeps bytes in memory: the reference for other stores, and for tests. */
export function memoryBlobs(): BlobStore {
  const blobs = new Map<string, Blob>();
  return {
    async putBlob(key, stream, maxBytes) {
      requireName(key, "Cannot put blob: 'key'");
      requireWhole(maxBytes, "Cannot put blob: 'maxBytes'", 0);
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      for await (const chunk of stream) {
        size += chunk.byteLength;
        // Leaving the loop cancels the stream.
        if (size > maxBytes) throw new RangeError(`Cannot put blob: there are more than ${maxBytes} bytes`);
        chunks.push(new Uint8Array(chunk));
      }
      blobs.set(key, new Blob(chunks));
      return { size };
    },
    openBlob(key) {
      requireName(key, "Cannot open blob: 'key'");
      const blob = blobs.get(key);
      if (blob) return blob.stream();
      return new ReadableStream({
        pull: (stream) => stream.error(Object.assign(new Error("There is no such blob"), { code: "ENOENT" })),
      });
    },
    async deleteBlob(key) {
      requireName(key, "Cannot delete blob: 'key'");
      blobs.delete(key);
    },
  };
}
