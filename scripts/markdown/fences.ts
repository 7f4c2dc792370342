/** A fenced code block of a Markdown file. */
export interface Fence {
  /** The whole words after the fence: `"ts"`, `"ts no-run"`. */
  readonly info: string;
  readonly code: string;
  /** The 1-based lines of the opening and of the closing fence. */
  readonly startLine: number;
  readonly endLine: number;
}

interface OpenFence {
  readonly indent: number;
  readonly marker: string;
  readonly info: string;
  readonly startLine: number;
  readonly lines: string[];
}

/** Lists the fenced blocks in order. One that is never closed reaches to the end, as CommonMark has it. */
export function readFences(text: string): Fence[] {
  const lines = text.split(/\r?\n/);
  const fences: Fence[] = [];
  let open: OpenFence | undefined;
  for (const [index, line] of lines.entries()) {
    if (!open) open = openFence(line, index + 1);
    else if (closes(line, open)) {
      fences.push(toFence(open, index + 1));
      open = undefined;
    } else open.lines.push(unindent(line, open.indent));
  }
  if (open) fences.push(toFence(open, lines.length));
  return fences;
}

/** The text with every fenced block emptied and every line in its place. */
export function withoutFences(text: string): string {
  const lines = text.split(/\r?\n/);
  for (const { startLine, endLine } of readFences(text)) lines.fill("", startLine - 1, endLine);
  return lines.join("\n");
}

function openFence(line: string, startLine: number): OpenFence | undefined {
  const [, indent, marker, info] = /^(\s*)(`{3,}(?=[^`]*$)|~{3,})(.*)$/.exec(line) ?? [];
  if (indent === undefined || marker === undefined || info === undefined) return undefined;
  return { indent: indent.length, marker, info: info.trim(), startLine, lines: [] };
}

function closes(line: string, { marker }: OpenFence): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === (marker[0] ?? "").repeat(trimmed.length);
}

function unindent(line: string, indent: number): string {
  return line.slice(Math.min(indent, line.length - line.trimStart().length));
}

function toFence({ info, startLine, lines }: OpenFence, endLine: number): Fence {
  return { info, code: lines.join("\n"), startLine, endLine };
}
