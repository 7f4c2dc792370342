import type { OpenedBlobStore } from "../src/conformance.ts";
import { type BlobStore, memoryBlobStore } from "../src/index.ts";

/** A store that breaks one promise of the contract, and the test of the suite that must find out. */
export interface WrongStore {
  readonly title: string;
  /** What it does, after "a store that". */
  readonly does: string;
  readonly open: () => Promise<OpenedBlobStore>;
}

/** A memory store with some methods replaced. */
export function wrong(
  title: string,
  does: string,
  replace: (inner: BlobStore) => Partial<BlobStore>,
): WrongStore {
  const open = async (): Promise<OpenedBlobStore> => {
    const inner = memoryBlobStore();
    const store: BlobStore = {
      putBlob: (key, source, maxBytes) => inner.putBlob(key, source, maxBytes),
      openBlob: (key) => inner.openBlob(key),
      deleteBlob: (key) => inner.deleteBlob(key),
      ...replace(inner),
    };
    return { store, close: async () => {} };
  };
  return { title, does, open };
}

/** A memory store that takes another key for the one that it is given. */
export function wrongKeys(title: string, does: string, change: (key: string) => string): WrongStore {
  return wrong(title, does, (inner) => ({
    putBlob: (key, source, maxBytes) => inner.putBlob(change(key), source, maxBytes),
    openBlob: (key) => inner.openBlob(change(key)),
    deleteBlob: (key) => inner.deleteBlob(change(key)),
  }));
}

/** The stream, with each chunk as `change` gives it. */
export function changed(
  source: ReadableStream<Uint8Array>,
  change: (chunk: Uint8Array, index: number) => Uint8Array | undefined,
): ReadableStream<Uint8Array> {
  let index = 0;
  return source.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        const given = change(chunk, index++);
        if (given) controller.enqueue(given);
      },
    }),
  );
}

/** All chunks of a stream, and if it failed. */
export async function collect(
  source: ReadableStream<Uint8Array>,
): Promise<{ readonly chunks: Uint8Array[]; readonly failure?: unknown }> {
  const chunks: Uint8Array[] = [];
  const reader = source.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    return { chunks };
  } catch (failure) {
    return { chunks, failure };
  }
}

export function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
