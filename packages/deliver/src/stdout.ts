import { requireObject } from "./check-options.ts";
import { cleanText } from "./clean-text.ts";
import type { Deliverer } from "./deliverer.ts";
import { requireDelivery } from "./deliverer.ts";
import { failureReason } from "./failure-reason.ts";
import type { OutMessage } from "./message.ts";
import type { OutFile } from "./out-file.ts";
import { describeFile, withFileList } from "./plan/plan-files.ts";
import type { Receipt, ReceiptNote } from "./receipt.ts";
import { failedReceipt, sentReceipt } from "./receipt.ts";
import { show } from "./show.ts";
import type { TextStream } from "./text-stream.ts";
export type { TextStream } from "./text-stream.ts";
import { writeText } from "./text-stream.ts";
import { untilAborted } from "./until-aborted.ts";

export interface StdoutOptions {
  /** @default `globalThis.process?.stdout`, looked up at each delivery */
  readonly stream?: TextStream | undefined;
}

interface StdoutHost {
  readonly process?: { readonly stdout?: TextStream };
}

/**
 * Makes a deliverer that writes the text to a stream, for a terminal: without escape sequences, control and bidi
 * characters, and with a newline at its end. The destination's address is ignored.
 *
 * Files cannot go there: they are listed by name and size after the text, and each gives a `file-dropped` note. Messages
 * are written one after the other, in the order of the calls. A stream that fails, such as a pipe whose reader has
 * gone, gives a `failed` receipt. An abort rejects at once; what the stream already took may still come out.
 * A stream that takes nothing, such as a terminal that is stopped, is waited for until then, past `deadlineMs`.
 */
export function stdout(options: StdoutOptions = {}): Deliverer {
  requireObject(options, "Cannot create stdout: 'options'");
  const { stream } = options;
  if (stream !== undefined && typeof stream?.write !== "function") {
    throw new TypeError(
      `Cannot create stdout: 'stream' must have a write function: received ${show(stream)}`,
    );
  }
  // One write at a time: it keeps the order, and a stream never carries more than one set of our listeners.
  let last: Promise<unknown> = Promise.resolve();
  return {
    async deliver(destination, message, given = {}) {
      requireDelivery(destination, message, given);
      const { signal } = given;
      const notes = (message.files ?? []).map(droppedNote);
      const text = render(message, notes);
      const write = async (): Promise<Receipt> =>
        signal?.aborted
          ? failedReceipt("Cannot write to stdout: aborted")
          : await tryWrite(stream, text, notes);
      const written = last.then(write);
      last = written;
      return await untilAborted(written, signal);
    },
  };
}

async function tryWrite(
  stream: TextStream | undefined,
  text: string,
  notes: readonly ReceiptNote[],
): Promise<Receipt> {
  try {
    const target = stream ?? (globalThis as StdoutHost).process?.stdout;
    if (!target) return failedReceipt("Cannot write to stdout: this runtime has none");
    await writeText(target, text);
    return sentReceipt(notes);
  } catch (error) {
    return failedReceipt(`Cannot write to stdout: ${failureReason(error)}`);
  }
}

function droppedNote(file: OutFile): ReceiptNote {
  return { code: "file-dropped", detail: describeFile(file) };
}

function render({ text }: OutMessage, notes: readonly ReceiptNote[]): string {
  const clean = cleanText(text);
  const body = clean === "" || clean.endsWith("\n") ? clean : `${clean}\n`;
  return withFileList(
    body,
    notes.map(({ detail }) => detail),
  );
}
