import { blobId } from "./blob-id.ts";
import { quotePath } from "./patch-path.ts";
import { type TextLine, textLines } from "./text-lines.ts";
import type { Mend } from "./wanted-mends.ts";

/** Unchanged lines around a change. */
const contextLines = 3;

export interface PatchedFile {
  readonly path: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** What `before` says, a byte order mark included. */
  readonly text: string;
  readonly mends: readonly Mend[];
}

/**
 * One file's part of a patch: git's header with the ids of both contents, and the hunks of a unified diff. `git apply` takes it; the
 * ids are what it was made from, and what has to come out.
 */
export function writePatch({ path, before, after, text, mends }: PatchedFile): string {
  const [from, to] = [quotePath("a/", path), quotePath("b/", path)];
  const parts = [
    `diff --git ${from} ${to}\n`,
    `index ${blobId(before)}..${blobId(after)}\n`,
    `--- ${from}${nameEnd(from)}\n`,
    `+++ ${to}${nameEnd(to)}\n`,
  ];
  const lines = textLines(text);
  let shift = 0;
  for (const hunk of hunksOf(mends)) {
    const written = writeHunk(lines, hunk, shift);
    parts.push(written.text);
    shift = written.shift;
  }
  return parts.join("");
}

/** A name with a space in it ends with a tab there, as git and GNU patch have it. */
function nameEnd(name: string): string {
  return name.includes(" ") && !name.startsWith('"') ? "\t" : "";
}

/** Changes so close together that their context would overlap share a hunk. */
function hunksOf(mends: readonly Mend[]): Mend[][] {
  const hunks: Mend[][] = [];
  let end = -Infinity;
  for (const mend of mends) {
    if (mend.start - end > 2 * contextLines) hunks.push([mend]);
    else hunks.at(-1)?.push(mend);
    end = mend.start + mend.count;
  }
  return hunks;
}

function writeHunk(
  lines: readonly TextLine[],
  mends: readonly Mend[],
  shift: number,
): { readonly text: string; readonly shift: number } {
  const [first, last] = [mends[0], mends.at(-1)];
  if (first === undefined || last === undefined) return { text: "", shift };
  const start = Math.max(0, first.start - contextLines);
  const end = Math.min(lines.length, last.start + last.count + contextLines);
  const written: string[] = [];
  let at = start;
  let grown = 0;
  for (const { start: from, count, lines: instead } of mends) {
    written.push(...lines.slice(at, from).map((line) => writeLine(" ", line)));
    written.push(...lines.slice(from, from + count).map((line) => writeLine("-", line)));
    written.push(...instead.map((line) => writeLine("+", line)));
    at = from + count;
    grown += instead.length - count;
  }
  written.push(...lines.slice(at, end).map((line) => writeLine(" ", line)));
  const oldRange = rangeOf(start, end - start);
  const newRange = rangeOf(start + shift, end - start + grown);
  return { text: `@@ -${oldRange} +${newRange} @@\n${written.join("")}`, shift: shift + grown };
}

/** 1-based; of nothing, the line before it. */
function rangeOf(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}

function writeLine(mark: string, { text, end }: TextLine): string {
  return end === "" ? `${mark}${text}\n\\ No newline at end of file\n` : `${mark}${text}${end}`;
}
