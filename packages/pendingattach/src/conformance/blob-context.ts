import assert from "node:assert/strict";
import type { BlobStore } from "../blob-store.ts";

/** A store as the suite gets it for one test. */
export interface OpenedBlobStore {
  readonly store: BlobStore;
  /** Closes it. What it holds is not needed any more. */
  close(): Promise<void>;
}

/** What one test works with: a store, and keys that no other test has. */
export interface BlobContext {
  readonly store: BlobStore;
  /** A key that is met nowhere else, with so much of the test's own in it. */
  readonly key: (part?: string) => string;
  /** Puts bytes as a stream of these chunks, and gives the size that the store says. */
  readonly put: (key: string, ...chunks: readonly Uint8Array[]) => Promise<number>;
  readonly putLimited: (key: string, maxBytes: number, ...chunks: readonly Uint8Array[]) => Promise<number>;
  /** All bytes under the key. */
  readonly read: (key: string) => Promise<Uint8Array>;
  /** Asserts that the key opens as a stream that fails. */
  readonly assertAbsent: (key: string) => Promise<void>;
}

export type BlobTest = (title: string, run: (context: BlobContext) => Promise<void>) => void;

export function blobContext(store: BlobStore): BlobContext {
  const suffix = crypto.randomUUID();
  let count = 0;
  const putLimited: BlobContext["putLimited"] = async (key, maxBytes, ...chunks) => {
    const put = store.putBlob(key, streamOf(...chunks), maxBytes);
    return (await put.catch((error: unknown) => failed("putBlob", error))).size;
  };
  return {
    store,
    key: (part = "key") => `${part}-${(count += 1)}-${suffix}`,
    put: (key, ...chunks) => putLimited(key, Number.POSITIVE_INFINITY, ...chunks),
    putLimited,
    read: (key) => readAll(store.openBlob(key)).catch((error: unknown) => failed("openBlob", error)),
    assertAbsent: async (key) => {
      let size: number | undefined;
      try {
        size = (await readAll(store.openBlob(key))).byteLength;
      } catch {
        // As it has to be. That it was not shows below.
      }
      assert.equal(size, undefined, "a key that is not there opened as a stream that did not fail");
    },
  };
}

function failed(method: string, error: unknown): never {
  assert.fail(`${method}() failed: ${String(error)}`);
}

/** The bytes, each another one than its neighbours, so that none can be lost or exchanged unseen. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state >>> 16;
  });
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = left.shift();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
  }
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}

/** Compares without a report of a million bytes. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.byteLength, expected.byteLength, "the number of bytes is another");
  const differs = expected.findIndex((byte, index) => byte !== actual[index]);
  assert.equal(differs, -1, `byte ${differs} is another`);
}
