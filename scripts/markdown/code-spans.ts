/** A piece of inline code, and what stands between it and the next one or the end. */
export interface CodeSpan {
  readonly code: string;
  readonly after: string;
}

/** Lists the inline code of a paragraph. A line break inside counts as a space, as CommonMark has it. */
export function readCodeSpans(paragraph: string): CodeSpan[] {
  const spans = [
    ...paragraph.replaceAll(/\s*\n\s*/g, " ").matchAll(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)([^`]*)/g),
  ];
  return spans.map(([, , code = "", after = ""]) => ({ code: stripPadding(code), after }));
}

/** One space on each side is there only to hold the backticks apart. */
function stripPadding(code: string): string {
  return code.startsWith(" ") && code.endsWith(" ") && code.trim() !== "" ? code.slice(1, -1) : code;
}
