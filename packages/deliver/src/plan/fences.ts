/** A block of fenced code that is open. */
export interface Fence {
  /** What opened it, without indentation: ` ``` ` or longer, or `~~~` or longer. */
  readonly marker: string;
  /** What followed in that line, such as `"ts"`. */
  readonly info: string;
}

const opener = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$/s;
const closer = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;

/** The fence that is open after the line, if one is. Source: CommonMark 0.31, "Fenced code blocks". */
function fenceAfter(line: string, open: Fence | undefined): Fence | undefined {
  if (!mayBeFence(line)) return open;
  if (open) {
    const marker = closer.exec(line)?.[1];
    return marker?.startsWith(open.marker) ? undefined : open;
  }
  const [, marker = "", info = ""] = opener.exec(line) ?? [];
  return marker === "" ? undefined : { marker, info: info.trim() };
}

/** If the line, or the beginning of one, could open or close a fence. */
export function mayBeFence(line: string): boolean {
  return /^ {0,3}(?:```|~~~)/.test(line);
}

/** How fences stand at the end of a text. */
export interface FenceState {
  readonly open: Fence | undefined;
  /** Where the last line begins; a line break at the very end begins none. */
  readonly lastLine: number;
  /** What was open when it began. */
  readonly before: Fence | undefined;
}

/** Reads a text line by line; `open` is the fence that it begins in. */
export function readFences(text: string, open: Fence | undefined): FenceState {
  const lastLine = text.length < 2 ? 0 : text.lastIndexOf("\n", text.length - 2) + 1;
  let now = open;
  let before = open;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    before = now;
    if (mayBeginFence(text, start)) now = fenceAfter(text.slice(start, end).replace(/\r$/, ""), now);
    start = end + 1;
  }
  return { open: now, lastLine, before };
}

/** A quick look at most lines' first characters saves them the rest. */
function mayBeginFence(text: string, start: number): boolean {
  let index = start;
  while (index < start + 3 && text[index] === " ") index += 1;
  return text[index] === "`" || text[index] === "~";
}
