/** How many code units around a cut decide where a character ends. Longer ones than that are nobody's name. */
const neighbourhood = 64;

let graphemes: Intl.Segmenter | undefined;

/** The length of well-formed text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair is one of two units for four bytes.
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/**
 * The longest beginning of at most `maxBytes` in UTF-8 that ends between two characters as people see them (grapheme
 * clusters of UAX #29). Only the neighbourhood of the cut is segmented: a whole text would take too long.
 */
export function cutText(text: string, maxBytes: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    // A joiner belongs to the character before it, and joins nothing at the end.
    if (bytes > maxBytes) return text.slice(0, characterStart(text, end)).replace(/[\u200c\u200d]+$/, "");
    end += character.length;
  }
  return text;
}

/** Where the character begins that holds the code unit at `index`. */
function characterStart(text: string, index: number): number {
  if (index === 0) return 0;
  graphemes ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  const start = Math.max(0, index - neighbourhood);
  const found = graphemes.segment(text.slice(start, index + neighbourhood)).containing(index - start);
  const begins = start + (found?.index ?? 0);
  // One that fills the whole neighbourhood may begin before it: then all of the text is looked at, up to the cut.
  if (begins > start || start === 0) return begins;
  return graphemes.segment(text.slice(0, index + neighbourhood)).containing(index)?.index ?? 0;
}
