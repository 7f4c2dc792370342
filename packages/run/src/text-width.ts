/** How many columns a terminal gives to a text; `string-width` is one. */
export type TextWidth = (text: string) => number;

const ASCII = /^[\x20-\x7e]*$/;
/** Combining marks, joiners and variation selectors. Spacing marks count: too much is safe, too little is not. */
const ZERO = /[\p{Mn}\p{Me}\u200c\u200d]/u;
/** East Asian blocks and emoji in coarse ranges: blocks, not the Unicode tables, which change every year. */
const TWO =
  /[\u1100-\u115f\u2329\u232a\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f000}-\u{1faff}\u{20000}-\u{3ffff}]|\p{Extended_Pictographic}/u;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The default: adds up code points and errs to the wide side, so that a line is rather short than wrapped. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of text) {
    // This selector asks for the emoji form of what stands before it, which is one column wider.
    if (character === "\ufe0f") columns += 1;
    else if (TWO.test(character)) columns += 2;
    else if (!ZERO.test(character)) columns += 1;
  }
  return columns;
}

/** A width function from outside, with the default in place of an answer that cannot be used. */
export function safeWidth(width: TextWidth): TextWidth {
  return (text) => {
    try {
      const columns = width(text);
      return columns >= 0 && columns < Number.POSITIVE_INFINITY ? columns : textWidth(text);
    } catch {
      return textWidth(text);
    }
  };
}

/** The text if it has at most `columns`, else its beginning and `…`. Never cuts through a character. */
export function fitText(text: string, columns: number, width: TextWidth): string {
  if (ASCII.test(text) && text.length <= columns) return text;
  const ellipsis = width("…");
  let whole = "";
  let cut = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + width(segment);
    if (next > columns) return ellipsis <= columns ? `${cut}…` : "";
    whole += segment;
    used = next;
    if (used + ellipsis <= columns) cut = whole;
  }
  return whole;
}

/** The text in pieces of at most `columns`, broken at spaces where there are some. A character too wide is left out. */
export function wrapText(text: string, columns: number, width: TextWidth): string[] {
  if (ASCII.test(text) && text.length <= columns) return [text];
  const wrapped: string[] = [];
  let line = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const more = width(segment);
    if (more > columns) continue;
    while (used + more > columns) {
      const space = line.lastIndexOf(" ");
      const end = space > line.length / 2 ? space + 1 : line.length;
      wrapped.push(line.slice(0, end));
      line = line.slice(end);
      used = measure(line, width);
    }
    line += segment;
    used += more;
  }
  return [...wrapped, line];
}

/** Adds up the characters of a text, as `fitText` and `wrapText` do. */
export function measure(text: string, width: TextWidth): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += width(segment);
  return columns;
}
