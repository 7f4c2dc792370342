import type { FullCaps } from "../caps.ts";
import type { OutFile } from "../out-file.ts";
import { show } from "../show.ts";

/** The files that can go at all. */
export function carriedFiles(files: readonly OutFile[], caps: FullCaps): readonly OutFile[] {
  const most = Math.min(caps.maxFileBytes, caps.maxRequestBytes);
  return caps.maxFiles < 1 ? [] : files.filter(({ size }) => size <= most);
}

/** Puts files together that go in one part, in their order. `taken` are the bytes of the text in the first. */
export function groupFiles(
  files: readonly OutFile[],
  taken: number,
  { maxFiles, maxRequestBytes }: FullCaps,
): readonly (readonly OutFile[])[] {
  const groups: OutFile[][] = [[]];
  let bytes = taken;
  for (const file of files) {
    const last = groups.at(-1) as OutFile[];
    const full = last.length + 1 > maxFiles || bytes + file.size > maxRequestBytes;
    // The first group goes with the text, and may have to stay empty.
    if (full && (last.length > 0 || groups.length === 1)) {
      groups.push([file]);
      bytes = file.size;
    } else {
      last.push(file);
      bytes += file.size;
    }
  }
  return groups;
}

/** A file in a list: its name and size. */
export function describeFile({ name, size }: OutFile): string {
  return `${show(name)} (${size} ${size === 1 ? "byte" : "bytes"})`;
}

/** The text with a list of files that could not go with it. */
export function withFileList(text: string, details: readonly string[]): string {
  if (details.length === 0) return text;
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const list = details.map((detail) => `- ${detail}\n`).join("");
  return `${body}${body === "" ? "" : "\n"}Files not delivered here:\n${list}`;
}
