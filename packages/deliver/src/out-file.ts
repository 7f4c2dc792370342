import { isBytes } from "./internal/is-bytes.ts";
import { show } from "./show.ts";

/** A file on its way out: its description, and its bytes when they are asked for. */
export interface OutFile {
  /** A plain file name, no path. */
  readonly name: string;
  /** Such as `"text/markdown"`. */
  readonly mediaType: string;
  /** In bytes; exactly what `stream()` gives. */
  readonly size: number;
  /** What the file shows, for readers who cannot see it. */
  readonly alt?: string | undefined;
  /** A new stream from the first byte at each call. */
  stream(): ReadableStream<Uint8Array>;
}

/**
 * Makes a file from a string (written as UTF-8) or from bytes, which are copied.
 *
 * `mediaType` defaults to `"text/plain"` for a string and to `"application/octet-stream"` for bytes.
 */
export function outFile(name: string, data: string | Uint8Array, mediaType?: string): OutFile {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Cannot make file: 'name' must be a non-empty string: received ${show(name)}`);
  }
  const text = typeof data === "string";
  if (!text && !isBytes(data)) {
    throw new TypeError(`Cannot make file: 'data' must be a string or a Uint8Array: received ${typeof data}`);
  }
  // A blob is a copy that no reader can change, and each of its streams starts anew.
  const blob = new Blob([text ? data : Uint8Array.from(data)]);
  return {
    name,
    mediaType: mediaType ?? (text ? "text/plain" : "application/octet-stream"),
    size: blob.size,
    stream: () => blob.stream(),
  };
}
