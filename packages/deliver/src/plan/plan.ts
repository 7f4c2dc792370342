import type { Caps, FullCaps } from "../caps.ts";
import { readCaps } from "../caps.ts";
import { requireFunction } from "../check-options.ts";
import { DeliverError } from "../errors.ts";
import type { OutMessage } from "../message.ts";
import { requireMessage } from "../message.ts";
import type { OutFile } from "../out-file.ts";
import { outFile } from "../out-file.ts";
import type { ReceiptNote } from "../receipt.ts";
import type { Part } from "../transport.ts";
import { measureWith } from "./measure-text.ts";
import { carriedFiles, describeFile, groupFiles, withFileList } from "./plan-files.ts";
import { splitText } from "./split-text.ts";
import { truncateText } from "./truncate-text.ts";

export interface Plan {
  readonly parts: readonly Part[];
  readonly notes: readonly ReceiptNote[];
}

/**
 * Plans the parts in which a message goes out: as few as the caps allow, files with the last text and in more parts where they do
 * not fit. What cannot go at all is said in the text and noted.
 *
 * @throws {DeliverError} `DELIVER_TOO_LONG` if the text needs more than one part and `overflow` is `"error"`.
 */
export function plan(
  message: OutMessage,
  caps: Caps,
  render: (text: string) => string = (text) => text,
): Plan {
  requireMessage(message);
  requireFunction(render, "Cannot deliver: 'render'");
  const full = readCaps(caps, "planned for");
  const { files = [] } = message;
  const carried = carriedFiles(files, full);
  const dropped = files.filter((file) => !carried.includes(file)).map(describeFile);
  const { pieces, added, notes } = planText(withFileList(message.text, dropped), message, full, render);
  const sent = pieces.map(render);
  const bytes = measureWith("utf8")(sent.at(-1) ?? "");
  const groups = groupFiles([...added, ...carried], bytes, full);
  const contents = [
    ...sent.slice(0, -1).map((text) => ({ text, files: [] })),
    { text: sent.at(-1) ?? "", files: groups[0] ?? [] },
    ...groups.slice(1).map((group) => ({ text: "", files: group })),
  ];
  // A part of nothing but line breaks shows nothing, and some platforms refuse it.
  const shown = contents.filter(({ text, files: group }) => text.trim() !== "" || group.length > 0);
  const sendable = shown.length > 0 ? shown : contents.slice(0, 1);
  const parts = sendable.map((content, index) => {
    return { index, of: sendable.length, key: `${message.key}/${index}`, ...content, message };
  });
  return { parts, notes: [...dropped.map(note("file-dropped")), ...notes, ...splitNote(parts)] };
}

interface PlannedText {
  readonly pieces: readonly string[];
  readonly added: readonly OutFile[];
  readonly notes: readonly ReceiptNote[];
}

function planText(
  text: string,
  message: OutMessage,
  caps: FullCaps,
  render: (text: string) => string,
): PlannedText {
  const { maxText, fences, maxParts } = caps;
  const { overflow = "split", format } = message;
  const count = measureWith(caps.measure);
  const measure = (piece: string): number => count(render(piece));
  if (text === "" || maxText === Infinity || measure(text) <= maxText) {
    return { pieces: [text], added: [], notes: [] };
  }
  if (overflow === "error") throw tooLong(measure(text), maxText);
  const options = { measure, fences: fences && format === "markdown" };
  if (overflow === "split") {
    const pieces = splitText(text, maxText, options);
    if (pieces.length <= maxParts) return { pieces, added: [], notes: [] };
  }
  const attached = outFile(format === "markdown" ? "message.md" : "message.txt", text, mediaTypeOf(message));
  if (overflow !== "truncate" && carriedFiles([attached], caps).length > 0) {
    const line = `The text is too long for here: it is in the file ${attached.name}.`;
    return { pieces: [line], added: [attached], notes: [note("text-attached")(attached.name)] };
  }
  const { pieces, omitted } = truncateText(text, overflow === "truncate" ? 1 : maxParts, maxText, options);
  return { pieces, added: [], notes: [note("truncated")(`${omitted} characters left out`)] };
}

function mediaTypeOf({ format }: OutMessage): string {
  return format === "markdown" ? "text/markdown" : "text/plain";
}

function tooLong(counted: number, maxText: number): DeliverError {
  return new DeliverError(
    "DELIVER_TOO_LONG",
    `Cannot deliver: the text counts ${counted}, and ${maxText} is the most here`,
  );
}

function splitNote(parts: readonly Part[]): readonly ReceiptNote[] {
  return parts.length > 1 ? [note("split")(`${parts.length} parts`)] : [];
}

function note(code: ReceiptNote["code"]): (detail: string) => ReceiptNote {
  return (detail) => ({ code, detail });
}
