import { diffArrays } from "diff";
import type { LineRange } from "./review-file.ts";

/** A run of lines in the base that became a run of lines in the file. Starts are 0-based. */
export interface ChangeBlock {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

export interface LineComparison {
  /** Ascending, never touching. Empty: no line differs. */
  readonly blocks: readonly ChangeBlock[];
  /** `false` if the texts differ too much to tell line from line: one block then spans all changes. */
  readonly exact: boolean;
}

// Beyond these, lines are not told apart. The memory of a comparison grows with the square of the edits,
// its time with edits times lines; as set, the worst text of 1 MB takes some tenths of a second.
const MAX_EDITS = 1_000;
const MAX_LINES = 100_000;

/** The lines of a text without their ends (`\n` or `\r\n`). A last line end starts no further line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Compares line by line. The cost is bounded by the number of steps, not by a clock: same input, same answer. */
export function compareLines(before: readonly string[], after: readonly string[]): LineComparison {
  const head = countSame(before, after, (lines, index) => lines[index], 0);
  const tail = countSame(before, after, (lines, index) => lines[lines.length - 1 - index], head);
  const [oldEnd, newEnd] = [before.length - tail, after.length - tail];
  const pairs = matchLines(before.slice(head, oldEnd), after.slice(head, newEnd));
  const same = (pairs ?? []).map((pair): Pair => [pair[0] + head, pair[1] + head]);
  return {
    blocks: gapsBetween([[head - 1, head - 1], ...same, [oldEnd, newEnd]]),
    exact: pairs !== undefined,
  };
}

/** The lines that a reviewer should look at: those of the new text that are in no other place in the base. */
export function changedRanges(blocks: readonly ChangeBlock[]): LineRange[] {
  return blocks
    .filter((block) => block.newCount > 0)
    .map((block) => [block.newStart + 1, block.newStart + block.newCount]);
}

/** How many lines are the same from one end on, leaving alone the `taken` ones of the other end. */
function countSame(
  before: readonly string[],
  after: readonly string[],
  at: (lines: readonly string[], index: number) => string | undefined,
  taken: number,
): number {
  const most = Math.min(before.length, after.length) - taken;
  let count = 0;
  while (count < most && at(before, count) === at(after, count)) count++;
  return count;
}

/** The positions of one line in both texts. */
type Pair = readonly [old: number, now: number];

/** The longest common run of lines, ascending; `undefined` if it would take too long to find. */
function matchLines(before: readonly string[], after: readonly string[]): Pair[] | undefined {
  if (before.length + after.length > MAX_LINES) return undefined;
  // A line that only one side has matches nothing. Without those, few edits are left to search through.
  const [oldLines, newLines] = [new Set(before), new Set(after)];
  const oldAt = [...before.keys()].filter((index) => newLines.has(before[index]!));
  const newAt = [...after.keys()].filter((index) => oldLines.has(after[index]!));
  const parts = diffArrays(
    oldAt.map((index) => before[index]!),
    newAt.map((index) => after[index]!),
    { maxEditLength: MAX_EDITS },
  );
  if (!parts) return undefined;
  const pairs: Pair[] = [];
  let [old, now] = [0, 0];
  for (const { added, removed, count } of parts) {
    if (!added && !removed) for (let i = 0; i < count; i++) pairs.push([oldAt[old + i]!, newAt[now + i]!]);
    if (!added) old += count;
    if (!removed) now += count;
  }
  return pairs;
}

function gapsBetween(pairs: readonly Pair[]): ChangeBlock[] {
  const blocks: ChangeBlock[] = [];
  for (const [index, [old, now]] of pairs.entries()) {
    const [oldBefore, newBefore] = pairs[index - 1] ?? [old - 1, now - 1];
    const [oldStart, newStart] = [oldBefore + 1, newBefore + 1];
    if (old > oldStart || now > newStart) {
      blocks.push({ oldStart, oldCount: old - oldStart, newStart, newCount: now - newStart });
    }
  }
  return blocks;
}
