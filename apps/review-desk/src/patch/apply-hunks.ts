import type { PatchHunk } from "./read-patch.ts";
import { joinLines, type TextLine, textLines } from "./text-lines.ts";

/** The text with the hunks in it, each exactly where it says; `undefined` if one does not fit there. */
export function applyHunks(text: string, hunks: readonly PatchHunk[]): string | undefined {
  const lines = textLines(text);
  const parts: TextLine[] = [];
  let at = 0;
  for (const { start, before, after } of hunks) {
    if (start < at || !fits(lines, start, before)) return undefined;
    parts.push(...lines.slice(at, start), ...after);
    at = start + before.length;
  }
  parts.push(...lines.slice(at));
  return joinLines(parts);
}

function fits(lines: readonly TextLine[], start: number, before: readonly TextLine[]): boolean {
  return before.every(({ text, end }, index) => {
    const line = lines[start + index];
    return line?.text === text && line.end === end;
  });
}
