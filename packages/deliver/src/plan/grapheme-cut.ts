import { wholeCodePoint } from "./measure-text.ts";

/** How far back a start is looked for from which graphemes can be told. */
const lookBack = 64;

/** What belongs to the character before it: marks, joiners, skin tones, tags, jamo. */
const joins = /^(?:\p{M}|\p{Emoji_Modifier}|\u200d|[\u{e0020}-\u{e007f}\u1160-\u11ff])/u;
/** What may hold on to the character after it. */
const holds = /(?:\p{M}|\u200d)$/u;
const flagHalf = /^[\u{1f1e6}-\u{1f1ff}]/u;

let segmenter: Intl.Segmenter | undefined;

/**
 * The last place at or before `index` that is not inside a grapheme, or `start` if there is none after it. `start` is such a
 * place itself. Only the text right before `index` is segmented: a whole one takes seconds.
 */
export function graphemeCut(text: string, start: number, index: number): number {
  if (index <= start || index >= text.length) return index;
  if (isPlain(text.charCodeAt(index - 1)) && isPlain(text.charCodeAt(index))) return index;
  const from = safeStart(text, start, Math.max(start, index - lookBack));
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const around = text.slice(from, index + 2);
  const found = segmenter.segment(around).containing(index - from);
  return found === undefined ? index : from + found.index;
}

/** Two neighbours of ASCII always part, but for CR and LF. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f;
}

/** Goes back over what may join, so that the segmenter begins between two graphemes. */
function safeStart(text: string, start: number, near: number): number {
  let from = wholeCodePoint(text, near);
  const last = (): string => text.slice(before(text, from), from);
  while (from > start && (joins.test(text.slice(from, from + 2)) || holds.test(last()))) {
    from = before(text, from);
  }
  // Flags are pairs: only from the first one on can they be told apart.
  while (from > start && flagHalf.test(last())) from = before(text, from);
  return from;
}

function before(text: string, index: number): number {
  return wholeCodePoint(text, index - 1);
}
