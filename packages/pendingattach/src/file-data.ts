import { isBytes } from "./internal/is-bytes.ts";

/**
 * The bytes of one file: text (stored as UTF-8), bytes (copied at once), a blob, or a stream that is read piece by piece.
 * Node's readable streams are async iterables of bytes.
 */
export type FileData =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Bytes on their way in. */
export interface Pieces {
  /** All of them, where they are at hand. */
  readonly whole?: Uint8Array | undefined;
  /** If nobody else can change a piece once it was given. */
  readonly owned: boolean;
  /** The next piece, `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Tells the source that no more is wanted. Never throws, waits for nothing. */
  cancel(reason: unknown): void;
}

export interface FileSource {
  /** In bytes, where it is known before anything is read. */
  readonly size: number | undefined;
  /** Called once. Bytes that belong to somebody else are copied now. */
  open(): Pieces;
  /** Instead of `open`: tells a stream that nobody will read it. */
  turnAway(reason: unknown): void;
}

/** @throws {TypeError} if it is nothing that has bytes, or a stream that is locked. */
export function fileSource(data: FileData): FileSource {
  if (typeof data === "string") return wholeSource(new TextEncoder().encode(data), false);
  if (isBytes(data)) return wholeSource(data, true);
  if (isBuffer(data)) return wholeSource(new Uint8Array(data), true);
  if (isBlob(data)) {
    const open = (): Pieces => readStream(data.stream().getReader(), true);
    return { size: data.size, open, turnAway: () => {} };
  }
  return streamSource(data);
}

/** If it is a `Blob` or `File`, also one that is not of Node: libraries for forms have their own. */
export function isBlob(data: unknown): data is Blob {
  if (!["[object Blob]", "[object File]"].includes(Object.prototype.toString.call(data))) return false;
  const { stream, size } = data as { readonly stream?: unknown; readonly size?: unknown };
  return typeof stream === "function" && typeof size === "number";
}

/** If it is an `ArrayBuffer`, also one out of a sandbox. */
function isBuffer(data: unknown): data is ArrayBuffer {
  return Object.prototype.toString.call(data) === "[object ArrayBuffer]";
}

function streamSource(data: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): FileSource {
  if (typeof data === "object" && data !== null) {
    if ("getReader" in data && typeof data.getReader === "function") {
      if (data.locked)
        throw new TypeError("Cannot attach file: 'data' is a stream that somebody else is reading");
      return unreadSource(() => readStream(data.getReader(), false));
    }
    if (Symbol.asyncIterator in data) {
      return unreadSource(() => readIterator(data[Symbol.asyncIterator]()));
    }
  }
  const wanted = "a string, bytes, a Blob, a ReadableStream or an async iterable of bytes";
  throw new TypeError(`Cannot attach file: 'data' must be ${wanted}: received ${typeof data}`);
}

function unreadSource(open: () => Pieces): FileSource {
  const turnAway = (reason: unknown): void => {
    try {
      open().cancel(reason);
    } catch {
      // A source that cannot even be opened has nothing to end.
    }
  };
  return { size: undefined, open, turnAway };
}

function wholeSource(bytes: Uint8Array, isForeign: boolean): FileSource {
  const open = (): Pieces => readWhole(isForeign ? new Uint8Array(bytes) : bytes);
  return { size: bytes.byteLength, open, turnAway: () => {} };
}

function readWhole(whole: Uint8Array): Pieces {
  let left: Uint8Array | undefined = whole;
  const next = async (): Promise<Uint8Array | undefined> => {
    const piece = left;
    left = undefined;
    return piece;
  };
  return { whole, owned: true, next, cancel: () => {} };
}

function readStream(reader: ReadableStreamDefaultReader<Uint8Array>, owned: boolean): Pieces {
  return {
    owned,
    next: async () => {
      const { done, value } = await reader.read();
      return done ? undefined : requireBytes(value);
    },
    cancel: (reason) => void reader.cancel(reason).catch(() => {}),
  };
}

function readIterator(iterator: AsyncIterator<Uint8Array>): Pieces {
  return {
    owned: false,
    next: async () => {
      const { done, value } = await iterator.next();
      return done === true ? undefined : requireBytes(value);
    },
    cancel: () => void endIterator(iterator),
  };
}

async function endIterator(iterator: AsyncIterator<Uint8Array>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // It is not wanted any more, and how it ends is nobody's matter.
  }
}

function requireBytes(piece: unknown): Uint8Array {
  if (isBytes(piece)) return piece;
  throw new TypeError(`A stream of bytes gave something else: ${typeof piece}`);
}
