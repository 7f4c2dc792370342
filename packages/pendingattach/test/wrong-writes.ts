import type { BlobStore } from "../src/index.ts";
import { changed, collect, streamOf, wrong, type WrongStore } from "./wrong-store.ts";

const whole = "putBlob() keeps every byte of a stream and resolves with their number";
const order = "putBlob() keeps the order of chunks of any size, also of none";
const large = "putBlob() keeps a blob of several MiB";
const none = "putBlob() keeps a stream without bytes as a blob without bytes";
const replaces = "putBlob() replaces what the key held, by more and by less";
const early = "putBlob() shows nothing of a new blob before all of it is there";
const old = "putBlob() shows the old blob until all of the new one is there";
const twice = "putBlob() of one key twice at a time ends with one of both, whole";
const noLimit = Number.POSITIVE_INFINITY;

/** Keeps each chunk as it comes, for everybody to see. `clear` drops what was there. */
function chunkByChunk(clear: boolean): (inner: BlobStore) => Partial<BlobStore> {
  return () => {
    const blobs = new Map<string, Uint8Array[]>();
    return {
      putBlob: async (key, source) => {
        const held = clear ? [] : (blobs.get(key) ?? []);
        blobs.set(key, held);
        let size = 0;
        for await (const chunk of source) {
          held.push(chunk);
          size += chunk.byteLength;
        }
        return { size };
      },
      openBlob: (key) => streamOf([...(blobs.get(key) ?? [])].map((chunk) => chunk.slice())),
    };
  };
}

export const wrongWrites: readonly WrongStore[] = [
  wrong(whole, "loses the last byte", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const { size } = await inner.putBlob(
        key,
        changed(source, (chunk) => chunk.subarray(0, -1)),
        maxBytes,
      );
      return { size: size + 1 };
    },
  })),
  wrong(whole, "keeps text", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const asText = (chunk: Uint8Array): Uint8Array =>
        new TextEncoder().encode(new TextDecoder().decode(chunk));
      return inner.putBlob(key, changed(source, asText), maxBytes);
    },
  })),
  wrong(whole, "counts chunks for bytes", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const { chunks } = await collect(source);
      await inner.putBlob(key, streamOf(chunks), maxBytes);
      return { size: chunks.length };
    },
  })),
  wrong(order, "takes an empty chunk for the end", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const { chunks } = await collect(source);
      const end = chunks.findIndex(({ byteLength }) => byteLength === 0);
      return inner.putBlob(key, streamOf(end < 0 ? chunks : chunks.slice(0, end)), maxBytes);
    },
  })),
  wrong(order, "exchanges two chunks", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const { chunks } = await collect(source);
      return inner.putBlob(key, streamOf(chunks.toReversed()), maxBytes);
    },
  })),
  wrong(large, "keeps a MiB at the most", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      let left = 1024 * 1024;
      const cut = (chunk: Uint8Array): Uint8Array => {
        const kept = chunk.subarray(0, left);
        left -= kept.byteLength;
        return kept;
      };
      return inner.putBlob(key, changed(source, cut), maxBytes);
    },
  })),
  wrong(none, "keeps no blob without bytes", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const stored = await inner.putBlob(key, source, maxBytes);
      if (stored.size === 0) await inner.deleteBlob(key);
      return stored;
    },
    openBlob: (key) => changed(inner.openBlob(key), (chunk) => chunk),
  })),
  wrong("putBlob() takes exactly maxBytes", "refuses as many bytes as are allowed", (inner) => ({
    putBlob: (key, source, maxBytes) => inner.putBlob(key, source, maxBytes - 1),
  })),
  wrong(replaces, "keeps the first blob of a key", (inner) => {
    const known = new Set<string>();
    return {
      putBlob: async (key, source, maxBytes) => {
        if (!known.has(key)) return inner.putBlob(key, source, maxBytes);
        return inner.putBlob(`${key}-more`, source, maxBytes);
      },
      openBlob: (key) => {
        known.add(key);
        return inner.openBlob(key);
      },
    };
  }),
  wrong(replaces, "writes over the old bytes and leaves the rest of them", (inner) => {
    const longest = new Map<string, Uint8Array>();
    return {
      putBlob: async (key, source, maxBytes) => {
        const { chunks } = await collect(source);
        const bytes = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
        const before = longest.get(key) ?? new Uint8Array();
        const after = new Uint8Array(Math.max(before.byteLength, bytes.byteLength));
        after.set(before);
        after.set(bytes);
        longest.set(key, after);
        await inner.putBlob(key, streamOf([after.slice()]), maxBytes);
        return { size: bytes.byteLength };
      },
    };
  }),
  wrong(early, "shows each chunk as it comes", chunkByChunk(true)),
  wrong(old, "drops the old blob when a new one begins", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      await inner.deleteBlob(key);
      return inner.putBlob(key, source, maxBytes);
    },
    openBlob: (key) => emptyIfAbsent(inner, key),
  })),
  wrong(twice, "mixes the chunks of two that come at a time", chunkByChunk(false)),
  wrong(twice, "keeps neither of two that come at a time", (inner) => {
    const going = new Set<string>();
    return {
      putBlob: async (key, source, maxBytes) => {
        const isSecond = going.has(key);
        going.add(key);
        const stored = await inner.putBlob(key, source, maxBytes);
        if (isSecond) await inner.putBlob(key, streamOf([]), noLimit);
        return stored;
      },
    };
  }),
];

/** The blob, or an empty stream where there is none. */
export function emptyIfAbsent(inner: BlobStore, key: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: async (controller) => {
      const { chunks } = await collect(inner.openBlob(key));
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
