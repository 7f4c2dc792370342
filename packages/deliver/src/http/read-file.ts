import { isBytes } from "../internal/is-bytes.ts";
import type { OutFile } from "../out-file.ts";
import { sendFailed, SendError } from "../send/send-error.ts";
import { show } from "../show.ts";

/** Reads a file whole, and checks it against its size while it comes: a stream that lies takes no more memory than it said. */
export async function readFile(file: OutFile, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const { name, size } = file;
  const bytes = new Uint8Array(size);
  let at = 0;
  try {
    await file.stream().pipeTo(
      new WritableStream({
        write(chunk: unknown) {
          if (!isBytes(chunk)) throw wrongSize(name, "something else than bytes");
          if (at + chunk.byteLength > size) throw wrongSize(name, `more than its ${size} bytes`);
          bytes.set(chunk, at);
          at += chunk.byteLength;
        },
      }),
      { signal },
    );
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof SendError ? error : sendFailed(`Cannot read ${show(name)}`, error);
  }
  if (at < size) throw wrongSize(name, `${at} of its ${size} bytes`);
  return bytes;
}

function wrongSize(name: string, gave: string): SendError {
  const message = `Cannot read ${show(name)}: its stream gave ${gave}`;
  return new SendError(message, { applied: "no", permanent: true });
}
