import type { Measure } from "../caps.ts";
import type { Fence } from "./fences.ts";
import { mayBeFence, readFences } from "./fences.ts";
import { graphemeCut } from "./grapheme-cut.ts";
import type { MeasureText } from "./measure-text.ts";
import { fittingEnd, measureWith, wholeCodePoint } from "./measure-text.ts";

/** A piece of a text, and the lines around it that keep its fences balanced. The bodies together are the text. */
export interface Piece {
  readonly before: string;
  readonly body: string;
  readonly after: string;
}

export interface Splitting {
  readonly limit: number;
  readonly measure: Measure | MeasureText;
  readonly fences: boolean;
}

/** How far back a space is looked for, and a line's end at least. */
const nearby = 64;

/**
 * Splits a text, or its beginning, into pieces that each count at most `limit`. Each is found by looking at about as much text as it
 * holds.
 */
export function splitPieces(
  text: string,
  splitting: Splitting,
  maxPieces: number = Infinity,
): readonly Piece[] {
  const pieces: Piece[] = [];
  let open: Fence | undefined;
  for (let start = 0; start < text.length && pieces.length < maxPieces;) {
    const next = nextPiece(text, start, open, splitting);
    pieces.push(next.piece);
    start += next.piece.body.length;
    open = next.open;
  }
  return pieces;
}

interface NextPiece {
  readonly piece: Piece;
  readonly open: Fence | undefined;
}

function nextPiece(
  text: string,
  start: number,
  reopened: Fence | undefined,
  splitting: Splitting,
): NextPiece {
  const { limit, measure, fences } = splitting;
  const count = measureWith(measure);
  const { fence, before } = reopen(reopened, limit, count);
  const budget = limit - count(before);
  for (let reserved = 0, tries = 0; ; tries += 1) {
    const fitting = fittingEnd(text, start, budget - reserved, measure);
    const end = fences ? fenceCut(text, start, fitting, fence) : softCut(text, start, fitting);
    const body = text.slice(start, end);
    const open = fences ? readFences(body, fence).open : undefined;
    const after = open ? `${body.endsWith("\n") ? "" : "\n"}${open.marker}` : "";
    const piece = { before, body, after };
    if (after === "" || tries === 2 || count(`${before}${body}${after}`) <= limit) return { piece, open };
    // The line that closes needs room. The shorter piece may need a longer one, but none longer than itself.
    const most = Math.floor(budget / 2) + 1;
    reserved = tries === 0 ? Math.min(most, count(`\n${open?.marker}`)) : most;
  }
}

/** The line that opens a fence again. One that would take too much room is cut down: its words first, then its length. */
function reopen(
  fence: Fence | undefined,
  limit: number,
  count: MeasureText,
): { readonly fence: Fence | undefined; readonly before: string } {
  if (!fence) return { fence, before: "" };
  const { marker, info } = fence;
  const short = { marker: marker.slice(0, 3), info: "" };
  for (const each of [fence, { marker, info: "" }, short]) {
    // Words that begin with a tilde would make the marker longer.
    const gap = each.info.startsWith("~") ? " " : "";
    const before = `${each.marker}${gap}${each.info}\n`;
    const both = count(before) + count(`\n${each.marker}`);
    if (both <= limit / 2 || each === short) return { fence: each, before };
  }
  return { fence: { marker, info }, before: "" };
}

/** A cut that leaves no empty block behind, no line of a fence in two, and no beginning that looks like a fence. */
function fenceCut(text: string, start: number, fitting: number, fence: Fence | undefined): number {
  const end = softCut(text, start, fitting);
  const body = text.slice(start, end);
  const { open, before, lastLine } = readFences(body, fence);
  const line = body.slice(lastLine);
  const whole = line.endsWith("\n") || end === text.length;
  const opensNow = open !== undefined && before === undefined && end < text.length;
  if (lastLine > 0 && (opensNow || (!whole && mayBeFence(line)))) return start + lastLine;
  if (whole || !mayBeFence(text.slice(end, end + 6))) return end;
  // The rest of this line would begin the next piece and look like a fence there.
  const back = text.slice(Math.max(start, end - nearby), end).search(/[^`~ ][`~ ]*$/);
  const cut = graphemeCut(text, start, Math.max(start, end - nearby) + back);
  return back > 0 && cut > start ? cut : end;
}

/** A cut at the end of a line if one is near, else after a space, else between two graphemes. */
function softCut(text: string, start: number, fitting: number): number {
  if (fitting >= text.length) return text.length;
  const window = Math.max(nearby, Math.floor((fitting - start) / 4));
  const from = Math.max(start, fitting - window);
  const line = text.slice(from, fitting).lastIndexOf("\n");
  if (line >= 0) return from + line + 1;
  const near = Math.max(start, fitting - nearby);
  const space = text.slice(near, fitting).search(/\s\S*$/);
  if (space >= 0 && graphemeCut(text, start, near + space + 1) === near + space + 1) return near + space + 1;
  return graphemeOr(text, start, fitting);
}

/** Between two graphemes; inside one only if it alone is too long. */
function graphemeOr(text: string, start: number, index: number): number {
  const cut = graphemeCut(text, start, index);
  return cut > start ? cut : wholeCodePoint(text, index);
}
