import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { removeTemporary, temporaryPath } from "./file-temporary.ts";
import { isBytes } from "../internal/is-bytes.ts";
import type { OutFile } from "../out-file.ts";
import { SendError, sendFailed } from "../send/send-error.ts";
import { show } from "../show.ts";

/** A file that is complete under a temporary name, in the folder where it will be. */
export interface StagedFile {
  readonly name: string;
  readonly folder: string;
  readonly temporary: string;
}

/**
 * Writes a file's stream under a temporary name and checks it against its size. Leaves nothing if it rejects.
 *
 * @throws {DeliverError} `DELIVER_SEND_FAILED`; on abort it throws `signal.reason`.
 */
export async function stageFile(folder: string, file: OutFile, signal: AbortSignal): Promise<StagedFile> {
  signal.throwIfAborted();
  const { name } = file;
  const temporary = temporaryPath(folder);
  const handle = await attempt("write", name, () => open(temporary, "wx"));
  try {
    try {
      await copyStream(file, handle, signal);
      // Without it a power cut could leave the new name on an empty file.
      await attempt("write", name, () => handle.sync());
    } finally {
      await attempt("write", name, () => handle.close());
    }
  } catch (error) {
    await removeTemporary(temporary, name);
    throw error;
  }
  return { name, folder, temporary };
}

async function copyStream(file: OutFile, handle: FileHandle, signal: AbortSignal): Promise<void> {
  const reader = await attempt("read", file.name, () => file.stream().getReader());
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  // Cancelling ends a read that waits: an abort must not hang on a source that gives nothing.
  signal.addEventListener("abort", stop, { once: true });
  try {
    await copyAll(file, reader, handle, signal);
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function copyAll(
  { name, size }: OutFile,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  handle: FileHandle,
  signal: AbortSignal,
): Promise<void> {
  let written = 0;
  for (;;) {
    signal.throwIfAborted();
    const { done, value } = await attempt("read", name, () => reader.read());
    signal.throwIfAborted();
    if (done) break;
    if (!isBytes(value)) throw wrongStream(name, "something else than bytes");
    written += value.byteLength;
    if (written > size) throw wrongStream(name, `more than its ${size} bytes`);
    // On a handle, this writes all of the chunk, after what was written before.
    await attempt("write", name, () => handle.writeFile(value));
  }
  if (written < size) throw wrongStream(name, `${written} of its ${size} bytes`);
}

function wrongStream(name: string, gave: string): SendError {
  const message = `Cannot write ${show(name)}: its stream gave ${gave}`;
  return new SendError(message, { applied: "no", permanent: true });
}

async function attempt<T>(action: "read" | "write", name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw sendFailed(`Cannot ${action} ${show(name)}`, cause);
  }
}
