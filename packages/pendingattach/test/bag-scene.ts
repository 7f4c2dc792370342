import { createAttachmentHub, memoryBlobStore } from "../src/index.ts";
import type {
  AttachmentBatch,
  AttachmentHubOptions,
  BlobStore,
  PendingAttachments,
  PendingFile,
} from "../src/index.ts";

/** A memory store that knows which keys it holds. */
export interface WatchedStore extends BlobStore {
  readonly keys: ReadonlySet<string>;
}

export function watchedStore(inner: BlobStore = memoryBlobStore()): WatchedStore {
  const keys = new Set<string>();
  return {
    keys,
    putBlob: async (key, source, maxBytes) => {
      const stored = await inner.putBlob(key, source, maxBytes);
      keys.add(key);
      return stored;
    },
    openBlob: (key) => inner.openBlob(key),
    deleteBlob: async (key) => {
      await inner.deleteBlob(key);
      keys.delete(key);
    },
  };
}

export function openBag(options: AttachmentHubOptions = {}): PendingAttachments {
  return createAttachmentHub(options).open("run-1");
}

export function bytes(size: number, value = 7): Uint8Array {
  return new Uint8Array(size).fill(value);
}

export async function textOf(file: PendingFile | undefined): Promise<string> {
  return new TextDecoder().decode(await file?.bytes());
}

/** A sink that keeps what it gets. */
export function recordingSink(): {
  readonly batches: AttachmentBatch[];
  readonly sink: (batch: AttachmentBatch) => Promise<string>;
} {
  const batches: AttachmentBatch[] = [];
  const sink = async (batch: AttachmentBatch): Promise<string> => {
    batches.push(batch);
    return "sent";
  };
  return { batches, sink };
}

/** A source that somebody drives: it gives what `give` is called with, and tells if it was cancelled. */
export interface DrivenSource {
  readonly stream: ReadableStream<Uint8Array>;
  give(chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  /** How often a chunk was asked for. */
  readonly pulls: number;
  /** Why it was cancelled, once it was. */
  readonly cancelled: unknown;
}

export function drivenSource(): DrivenSource {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const source = {
    pulls: 0,
    cancelled: undefined as unknown,
    stream: new ReadableStream<Uint8Array>(
      {
        start: (given) => void (controller = given),
        pull: () => void (source.pulls += 1),
        cancel: (reason) => void (source.cancelled = reason),
      },
      { highWaterMark: 0 },
    ),
    give: (chunk: Uint8Array) => controller?.enqueue(chunk),
    end: () => controller?.close(),
    fail: (error: unknown) => controller?.error(error),
  };
  return source;
}

/** Lets everything run that waits for nothing outside. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
