import { DeliverError } from "../errors.ts";
import { isBytes } from "../internal/is-bytes.ts";
import type { OutFile } from "../out-file.ts";
import { show } from "../show.ts";
import type { BlobStore } from "./outbox-store.ts";
import type { RecordedFile } from "./recorded-message.ts";

/** Copies each file into the store, one after the other. @throws {DeliverError} `DELIVER_FILE_SIZE` */
export async function copyFiles(
  files: readonly OutFile[],
  recorded: readonly RecordedFile[],
  blobs: BlobStore,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [index, { blobKey }] of recorded.entries()) {
    signal?.throwIfAborted();
    const file = files[index] as OutFile;
    const { name, size } = file;
    const checked = file.stream().pipeThrough(exactly(name, size), signal ? { signal } : {});
    await blobs.putBlob(blobKey, checked, size);
  }
  signal?.throwIfAborted();
}

function exactly(name: string, size: number): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk: unknown, stream) {
      if (!isBytes(chunk)) throw wrongSize(name, "something else than bytes");
      bytes += chunk.byteLength;
      if (bytes > size) throw wrongSize(name, `more than its ${size} bytes`);
      stream.enqueue(chunk);
    },
    flush() {
      if (bytes < size) throw wrongSize(name, `${bytes} of its ${size} bytes`);
    },
  });
}

function wrongSize(name: string, gave: string): DeliverError {
  return new DeliverError("DELIVER_FILE_SIZE", `Cannot record ${show(name)}: its stream gave ${gave}`);
}
