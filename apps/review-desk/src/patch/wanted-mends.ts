import { defuseSteeringComments } from "../checks/steering-comments.ts";
import { type ChangeBlock, compareLines } from "../repository/line-changes.ts";
import { type ChangedLines, isChanged } from "../review/changed-lines.ts";
import { joinLines, type TextLine, textLines } from "./text-lines.ts";

export interface Mend {
  /** 0-based. */
  readonly start: number;
  /** How many lines go. */
  readonly count: number;
  /** What comes in their place, with the ends of those. */
  readonly lines: readonly TextLine[];
}

export interface WantedMends {
  /** Ascending, never touching. */
  readonly mends: readonly Mend[];
  /** True if the analyser has mended more than these. */
  readonly isPart: boolean;
}

export interface MendedText {
  readonly before: string;
  /** As the analyser would have it; steering comments are defused. */
  readonly after: string;
  /** Lines with a finding that can be mended, 1-based. */
  readonly wanted: ReadonlySet<number>;
  readonly changedLines: ChangedLines;
}

/** Of all that an analyser has mended, what belongs to a finding and lies within the review. */
export function wantedMends({ before, after, wanted, changedLines }: MendedText): WantedMends {
  const lines = textLines(before);
  const mended = textLines(after);
  const { blocks, exact } = compareLines(
    textLines(defuseSteeringComments(before)).map(({ text }) => text),
    mended.map(({ text }) => text),
  );
  if (!exact) return { mends: [], isPart: true };
  const mends = blocks
    .filter((block) => isWanted(block, wanted, changedLines))
    .map((block) => mendOf(block, lines, mended))
    .filter((mend) => !mend.lines.some(({ text }) => hasSteeringComment(text)));
  return { mends, isPart: mends.length < blocks.length };
}

/** The text with the mends in it. */
export function applyMends(before: string, mends: readonly Mend[]): string {
  const lines = textLines(before);
  const parts: TextLine[] = [];
  let at = 0;
  for (const { start, count, lines: instead } of mends) {
    parts.push(...lines.slice(at, start), ...instead);
    at = start + count;
  }
  parts.push(...lines.slice(at));
  return joinLines(parts);
}

function isWanted(
  { oldStart, oldCount }: ChangeBlock,
  wanted: ReadonlySet<number>,
  changed: ChangedLines,
): boolean {
  const numbers = Array.from({ length: oldCount }, (_, index) => oldStart + index + 1);
  return numbers.some((line) => wanted.has(line)) && numbers.every((line) => isChanged(changed, line));
}

function mendOf(
  { oldStart, oldCount, newStart, newCount }: ChangeBlock,
  lines: readonly TextLine[],
  mended: readonly TextLine[],
): Mend {
  const old = lines.slice(oldStart, oldStart + oldCount);
  const instead = mended
    .slice(newStart, newStart + newCount)
    // What is left of a line that held nothing else goes too.
    .filter(({ text }) => text.trim() !== "" || old.every((line) => line.text.trim() === ""));
  const last = old.at(-1)?.end ?? "\n";
  const inner = old.find(({ end }) => end !== "")?.end ?? lines[0]?.end ?? "\n";
  return {
    start: oldStart,
    count: oldCount,
    lines: instead.map(({ text }, index): TextLine => ({
      text,
      end: index === instead.length - 1 ? last : old[index]?.end || inner || "\n",
    })),
  };
}

/** A defused comment would change what steers the repository's own analysers. */
function hasSteeringComment(text: string): boolean {
  return /\b(?:es|ox)lint[-_](?:disable|enable)|@fl[o_]w\b/.test(text);
}
