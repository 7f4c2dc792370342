import type { SplitOptions } from "./split-text.ts";
import { splitPieces } from "./split-pieces.ts";

/** Room for the line that says how much is missing. */
const roomForLine = 64;

export interface Truncated {
  readonly pieces: readonly string[];
  /** UTF-16 code units. */
  readonly omitted: number;
}

/** The first pieces of a text, at most so many; the last one says how many characters were left out. */
export function truncateText(
  text: string,
  maxPieces: number,
  limit: number,
  { measure = "utf16", fences = false }: SplitOptions,
): Truncated {
  const line = (omitted: number): string => `\n… (${omitted} characters left out)`;
  // Where a text may only be that short, the line goes without text before it.
  const room = Math.max(1, Math.floor(limit) - roomForLine);
  const splitting = { limit: room, measure, fences: fences && room >= roomForLine };
  const pieces = splitPieces(text, splitting, maxPieces);
  const kept = pieces.reduce((length, { body }) => length + body.length, 0);
  const texts = pieces.map(({ before, body, after }) => `${before}${body}${after}`);
  const last = `${texts.at(-1) ?? ""}${line(text.length - kept)}`;
  return { pieces: [...texts.slice(0, -1), last], omitted: text.length - kept };
}
