import type { Measure } from "../caps.ts";

/** Counts a text. A function of one's own must not count less when the text grows. */
export type MeasureText = (text: string) => number;

const bytes = new TextEncoder();

export function measureWith(measure: Measure | MeasureText): MeasureText {
  if (typeof measure === "function") return measure;
  if (measure === "utf8") return (text) => bytes.encode(text).length;
  return measure === "codepoints" ? countCodePoints : (text) => text.length;
}

/**
 * Where the longest piece from `start` ends that counts at most `budget`: never inside a surrogate pair, and at least one
 * code point on. Looks at about as much text as it takes.
 */
export function fittingEnd(
  text: string,
  start: number,
  budget: number,
  measure: Measure | MeasureText,
): number {
  const atLeast = start + codePointLength(text, start);
  const end = typeof measure === "function" ? searchEnd(text, start, budget, measure) : undefined;
  const fitting = end ?? walkEnd(text, start, budget, measure as Measure);
  return Math.max(atLeast, wholeCodePoint(text, fitting));
}

/** The place itself, or one before it if that is inside a surrogate pair. */
export function wholeCodePoint(text: string, index: number): number {
  return index > 0 && index < text.length && codePointLength(text, index - 1) === 2 ? index - 1 : index;
}

function codePointLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

function countCodePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    if (codePointLength(text, index) === 2) count -= 1;
  }
  return count;
}

function walkEnd(text: string, start: number, budget: number, measure: Measure): number {
  if (measure === "utf16") return Math.min(text.length, start + budget);
  let index = start;
  let count = 0;
  while (index < text.length) {
    const code = text.codePointAt(index) ?? 0;
    count += measure === "codepoints" ? 1 : utf8Length(code);
    if (count > budget) break;
    index += code > 0xffff ? 2 : 1;
  }
  return index;
}

/** A lone surrogate is written as U+FFFD, which takes three bytes like the rest of its range. */
function utf8Length(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

/** Guesses by proportion, and at last by halves: a few measures of about the result's length, not one per character. */
function searchEnd(text: string, start: number, budget: number, measure: MeasureText): number {
  let fits = start;
  let tooFar = Math.min(text.length, start + Math.max(0, budget)) + 1;
  let guess = tooFar - 1;
  for (let tries = 0; fits + 1 < tooFar; tries += 1) {
    const end = wholeCodePoint(text, guess);
    const counted = end > fits ? measure(text.slice(start, end)) : 0;
    if (counted <= budget) fits = guess;
    else tooFar = guess;
    const scaled = counted > 0 ? start + Math.floor(((end - start) * budget) / counted) : 0;
    const next = tries < 6 ? scaled : Math.floor((fits + tooFar) / 2);
    guess = Math.min(Math.max(next, fits + 1), tooFar - 1);
  }
  return fits;
}
