import type { BlobStore } from "../src/index.ts";
import { collect, streamOf, wrong, type WrongStore } from "./wrong-store.ts";

const over = "putBlob() of more than maxBytes rejects, cancels the stream and keeps nothing";
const oneOver = "putBlob() of one byte more than maxBytes rejects";
const overKept = "putBlob() of more than maxBytes leaves what the key held";
const zero = "putBlob() with maxBytes 0 takes no byte";
const fails = "putBlob() of a stream that fails rejects with its error and keeps nothing";
const failsKept = "putBlob() of a stream that fails leaves what the key held";
const noLimit = Number.POSITIVE_INFINITY;

/** Keeps what came before a failure, and rejects with it. */
function keepsTheBeginning(inner: BlobStore): Partial<BlobStore> {
  return {
    putBlob: async (key, source, maxBytes) => {
      let size = 0;
      const limited: Uint8Array[] = [];
      const reader = source.getReader();
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          size += next.value.byteLength;
          if (size > maxBytes) throw new RangeError("too large");
          limited.push(next.value);
        }
      } catch (error) {
        void reader.cancel().catch(() => {});
        await inner.putBlob(key, streamOf(limited), noLimit);
        throw error;
      }
      return inner.putBlob(key, streamOf(limited), noLimit);
    },
  };
}

/** Drops what the key held once the new blob fails. */
function dropsTheOld(inner: BlobStore): Partial<BlobStore> {
  return {
    putBlob: async (key, source, maxBytes) => {
      try {
        return await inner.putBlob(key, source, maxBytes);
      } catch (error) {
        await inner.putBlob(key, streamOf([]), noLimit);
        throw error;
      }
    },
  };
}

export const wrongFailures: readonly WrongStore[] = [
  wrong(over, "cuts a blob at the limit and says nothing", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const [chunk] = await takeSome(source, 3);
      return inner.putBlob(key, streamOf([(chunk ?? new Uint8Array()).slice(0, 1)]), maxBytes);
    },
  })),
  wrong(over, "keeps what came before the limit", keepsTheBeginning),
  wrong(over, "reads far over the limit", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const chunks = await takeSome(source, 100);
      return inner.putBlob(key, streamOf(chunks), maxBytes);
    },
  })),
  wrong(oneOver, "takes one byte more than it may", (inner) => ({
    putBlob: (key, source, maxBytes) => inner.putBlob(key, source, maxBytes + 1),
  })),
  wrong(overKept, "drops the old blob when the new one is too large", dropsTheOld),
  wrong(zero, "takes 0 for no limit", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      if (maxBytes > 0) return inner.putBlob(key, source, maxBytes);
      return inner.putBlob(key, streamOf(await takeSome(source, 3)), noLimit);
    },
  })),
  wrong(fails, "keeps what came before the failure", keepsTheBeginning),
  wrong(fails, "takes a failure for the end", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      const { chunks } = await collect(source);
      return inner.putBlob(key, streamOf(chunks), maxBytes);
    },
  })),
  wrong(fails, "rejects with an error of its own", (inner) => ({
    putBlob: async (key, source, maxBytes) => {
      try {
        return await inner.putBlob(key, source, maxBytes);
      } catch (cause) {
        throw new Error("Cannot store blob", { cause });
      }
    },
  })),
  wrong(failsKept, "drops the old blob when the new one fails", dropsTheOld),
];

/** The first chunks of a stream, which is then cancelled. */
async function takeSome(source: ReadableStream<Uint8Array>, count: number): Promise<Uint8Array[]> {
  const reader = source.getReader();
  const chunks: Uint8Array[] = [];
  while (chunks.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  await reader.cancel();
  return chunks;
}
