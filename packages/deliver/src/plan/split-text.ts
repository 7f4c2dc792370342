import type { Measure } from "../caps.ts";
import { requireObject } from "../check-options.ts";
import { show } from "../show.ts";
import type { MeasureText } from "./measure-text.ts";
import { measureWith } from "./measure-text.ts";
import { splitPieces } from "./split-pieces.ts";

export interface SplitOptions {
  /** What `limit` counts. A function must not count less when the text grows. @default "utf16" */
  readonly measure?: Measure | ((text: string) => number) | undefined;
  /** Closes a block of fenced code that a cut goes through, and opens it again after. @default false */
  readonly fences?: boolean | undefined;
}

/**
 * Splits a text into parts that each count at most `limit`, at the end of a line or after a space where one is near. No
 * part ends inside a grapheme, unless that alone is too long. Without the lines of fences that were put in, the parts together
 * are the text: nothing is trimmed. A text that fits is the only part.
 *
 * @param limit At least 64, or `Infinity`.
 */
export function splitText(text: string, limit: number, options: SplitOptions = {}): readonly string[] {
  requireObject(options, "Cannot split text: 'options'");
  const { measure = "utf16", fences = false } = options;
  if (typeof text !== "string") {
    throw new TypeError(`Cannot split text: 'text' must be a string: received ${show(text)}`);
  }
  if (!(typeof limit === "number" && limit >= 64)) {
    throw new RangeError(`Cannot split text: 'limit' must be at least 64: received ${show(limit)}`);
  }
  requireMeasure(measure);
  if (fits(text, limit, measureWith(measure))) return [text];
  const pieces = splitPieces(text, { limit: Math.floor(limit), measure, fences });
  return pieces.map(({ before, body, after }) => `${before}${body}${after}`);
}

function fits(text: string, limit: number, measure: MeasureText): boolean {
  return limit === Infinity || measure(text) <= limit;
}

function requireMeasure(measure: Measure | MeasureText): void {
  if (typeof measure === "function") return;
  if (measure === "utf16" || measure === "codepoints" || measure === "utf8") return;
  throw new TypeError(
    `Cannot split text: 'measure' must be a measure or a function: received ${show(measure)}`,
  );
}
