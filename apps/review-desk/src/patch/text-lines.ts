/** A line and how it ends: `"\n"`, `"\r\n"`, or `""` for a last line that does not end. */
export interface TextLine {
  readonly text: string;
  readonly end: "\n" | "\r\n" | "";
}

/** The lines of a text. They end at `\n` and nowhere else, as git counts them. */
export function textLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let at = 0;
  for (let next = text.indexOf("\n"); next !== -1; next = text.indexOf("\n", at)) {
    const end = text[next - 1] === "\r" && next > at ? "\r\n" : "\n";
    lines.push({ text: text.slice(at, next + 1 - end.length), end });
    at = next + 1;
  }
  if (at < text.length) lines.push({ text: text.slice(at), end: "" });
  return lines;
}

export function joinLines(lines: readonly TextLine[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}
