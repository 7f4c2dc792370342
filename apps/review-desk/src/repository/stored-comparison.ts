import { isPointerTo } from "./blob-content.ts";
import { decodeText } from "./decode-text.ts";
import { compareLines, splitLines, type ChangeBlock } from "./line-changes.ts";

/** What a file was and is, line by line. */
export interface StoredComparison {
  readonly before: readonly string[];
  readonly lines: readonly string[];
  readonly blocks: readonly ChangeBlock[];
  /** Why the blocks are coarser than the change. */
  readonly note?: string | undefined;
}

/** Compares a file with the base's version of it; `stored` is `undefined` if that cannot be had. */
export function compareWithStored(stored: Buffer | undefined, bytes: Buffer, text: string): StoredComparison {
  const lines = splitLines(text);
  if (stored && isPointerTo(stored, bytes)) return { before: lines, lines, blocks: [] };
  const decoded = stored && decodeText(stored);
  if (decoded?.why !== undefined || !decoded) {
    const note = "the base's version is missing or no text: all lines count as changed";
    return { before: [], lines, blocks: compareLines([], lines).blocks, note };
  }
  const before = splitLines(decoded.text);
  const { blocks, exact } = compareLines(before, lines);
  if (exact) return { before, lines, blocks };
  const note = "the base's version differs too much: all lines between the first and the last change count";
  return { before, lines, blocks, note };
}
