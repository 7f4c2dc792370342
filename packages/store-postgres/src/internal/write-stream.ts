// A copy of scripts/internal/write-stream.ts: change it there, then run scripts/sync-internal.ts.
import { isBytes } from "./is-bytes.ts";

/** Writes one blob, one call after the other. */
export interface BlobWriter {
  append(bytes: Uint8Array): Promise<void>;
  /** Writes the last bytes, and puts all of them in the place of what was under the key before. */
  finish(bytes: Uint8Array, size: number): Promise<void>;
  /** Deletes what was written. Never rejects: what stays is deleted when it is old. */
  abandon(): Promise<void>;
}

/** So many bytes lie in one row, and in memory for one stream. */
const chunkBytes = 2 ** 17;

/**
 * Writes a stream chunk by chunk and resolves with the number of its bytes. A stream that gives more than `maxBytes` is
 * cancelled, and so is one whose bytes cannot be written; what was there before stays then.
 */
export async function writeStream(
  writer: BlobWriter,
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<number> {
  let size = 0;
  // As large as it has to be: most files are small.
  let parts: Uint8Array[] = [];
  let partBytes = 0;
  try {
    // Leaving the loop cancels the stream.
    for await (const given of stream) {
      requireBytes(given);
      size += given.byteLength;
      if (size > maxBytes) throw new RangeError(`Cannot put blob: there are more than ${maxBytes} bytes`);
      for (let start = 0; start < given.byteLength;) {
        // A copy: the one who gave it may write over it. `slice` would be none where it is a Buffer.
        const part = new Uint8Array(given.subarray(start, start + chunkBytes - partBytes));
        parts.push(part);
        start += part.byteLength;
        partBytes += part.byteLength;
        if (partBytes < chunkBytes) continue;
        await writer.append(join(parts, partBytes));
        [parts, partBytes] = [[], 0];
      }
    }
    await writer.finish(join(parts, partBytes), size);
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return size;
}

function requireBytes(given: unknown): void {
  if (isBytes(given)) return;
  throw new TypeError(`Cannot put blob: 'stream' must give Uint8Array: received ${typeof given}`);
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const bytes = new Uint8Array(size);
  let start = 0;
  for (const part of parts) {
    bytes.set(part, start);
    start += part.byteLength;
  }
  return bytes;
}
