import type { BlobStore } from "../src/index.ts";
import { collect, wrong, wrongKeys, type WrongStore } from "./wrong-store.ts";
import { emptyIfAbsent } from "./wrong-writes.ts";

const first = "openBlob() begins with the first byte at each call, also of two at a time";
const absent = "openBlob() of a key that is not there fails, and is not empty";
const own = "openBlob() gives chunks that are the reader's own";
const cancel = "openBlob() can be cancelled at any time, which nobody else notices";
const apart = (what: string): string => `putBlob() keeps keys apart that differ ${what}`;
const anyKey = "putBlob() takes any key: long, of a path that leaves, of a device, in any script";
const again = "deleteBlob() makes the key one that is not there, and can be put again";
const noOther = "deleteBlob() deletes that key and no other";
const unknown = "deleteBlob() of a key that is not there resolves, also the second time";

/** The chunks themselves as they were put, for whoever opens the key. */
function sharedChunks(
  open: (chunks: Uint8Array[], key: string) => Uint8Array[],
): (inner: BlobStore) => Partial<BlobStore> {
  return (inner) => {
    const blobs = new Map<string, Uint8Array[]>();
    return {
      putBlob: async (key, source) => {
        const { chunks } = await collect(source);
        blobs.set(key, chunks);
        return { size: chunks.reduce((size, chunk) => size + chunk.byteLength, 0) };
      },
      openBlob: (key) => {
        const chunks = blobs.get(key);
        if (!chunks) return inner.openBlob(key);
        const left = [...open(chunks, key)];
        return new ReadableStream({
          pull: (controller) => {
            const chunk = left.shift();
            if (chunk) controller.enqueue(chunk);
            else controller.close();
          },
          cancel: () => void blobs.set(`${key}-cancelled`, []),
        });
      },
    };
  };
}

export const wrongReads: readonly WrongStore[] = [
  wrong(first, "goes on where the last reader ended", () => {
    const streams = new Map<string, Uint8Array[]>();
    return {
      putBlob: async (key, source) => {
        const { chunks } = await collect(source);
        streams.set(key, chunks);
        return { size: chunks.reduce((size, chunk) => size + chunk.byteLength, 0) };
      },
      openBlob: (key) =>
        new ReadableStream({
          pull: (controller) => {
            const chunk = streams.get(key)?.shift();
            if (chunk) controller.enqueue(chunk);
            else controller.close();
          },
        }),
    };
  }),
  wrong(absent, "gives an empty stream for a key that it does not know", (inner) => ({
    openBlob: (key) => emptyIfAbsent(inner, key),
  })),
  wrong(
    own,
    "gives its own bytes to readers",
    sharedChunks((chunks) => chunks),
  ),
  wrong(cancel, "drops a blob whose reader has enough", (inner) => ({
    openBlob: (key) => {
      const reader = inner.openBlob(key).getReader();
      return new ReadableStream<Uint8Array>(
        {
          pull: async (controller) => {
            try {
              const { done, value } = await reader.read();
              if (done) controller.close();
              else controller.enqueue(value);
            } catch {
              // What it was: an empty one.
              controller.close();
            }
          },
          cancel: () => inner.deleteBlob(key),
        },
        { highWaterMark: 0 },
      );
    },
  })),
];

const path = (key: string): string => new URL(key.replaceAll("\\", "%5c"), "file:///root/").pathname;

export const wrongKeyStores: readonly WrongStore[] = [
  wrongKeys(apart("in case"), "folds the case of keys", (key) => key.toLowerCase()),
  wrongKeys(apart("in Unicode form"), "folds the form of keys", (key) => key.normalize("NFC")),
  wrongKeys(apart("in white space"), "trims keys", (key) => key.trim().replaceAll(" ", "")),
  wrongKeys(apart("in separators"), "takes a separator for another", (key) => key.replaceAll("\\", "/")),
  wrongKeys(apart("in separators"), "takes two separators for one", (key) => key.replaceAll(/\/+/g, "/")),
  wrongKeys(apart("in dots"), "resolves keys as paths", path),
  wrongKeys(apart("in what SQL or a pattern reads"), "takes % for a _", (key) => key.replaceAll("%", "_")),
  wrongKeys(anyKey, "cuts long keys", (key) => key.slice(0, 255)),
  wrong(anyKey, "refuses a zero byte in a key", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const stored = await inner.putBlob(key, source, maxBytes);
      if (key.includes("\0")) await inner.putBlob(key, new Blob(["\0".repeat(10)]).stream(), maxBytes);
      return stored;
    },
  })),
  wrong(again, "deletes nothing", () => ({ deleteBlob: async () => {} })),
  wrong(again, "takes no blob for a deleted key", (inner) => {
    const deleted = new Set<string>();
    return {
      deleteBlob: async (key) => {
        deleted.add(key);
        await inner.deleteBlob(key);
      },
      putBlob: async (key, source, maxBytes) => {
        const { size } = await inner.putBlob(key, source, maxBytes);
        if (deleted.has(key)) await inner.putBlob(key, new Blob([]).stream(), maxBytes);
        return { size };
      },
    };
  }),
  wrong(noOther, "deletes what begins like the key", (inner) => {
    const keys = new Set<string>();
    return {
      putBlob: (key, source, maxBytes) => {
        keys.add(key);
        return inner.putBlob(key, source, maxBytes);
      },
      deleteBlob: async (key) => {
        for (const other of keys) if (other.startsWith(key)) await inner.deleteBlob(other);
      },
      openBlob: (key) => emptyIfAbsent(inner, key),
    };
  }),
  wrong(unknown, "says whether there was something to delete", (inner) => ({
    deleteBlob: async (key) => {
      await inner.deleteBlob(key);
      return true as unknown as undefined;
    },
  })),
];
