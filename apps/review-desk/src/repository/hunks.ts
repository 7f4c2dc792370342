import type { ChangeBlock } from "./line-changes.ts";

/** One line of a hunk. A removed line has no `newLine`, an added one no `oldLine`; both are 1-based. */
export interface HunkLine {
  readonly kind: "context" | "removed" | "added";
  readonly text: string;
  readonly oldLine?: number | undefined;
  readonly newLine?: number | undefined;
}

/** Changes that lie close together, with unchanged lines around them: a hunk of a unified diff. */
export interface Hunk {
  /** 1-based. As in a unified diff, the line before the hunk when the count is 0. */
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** Within a change, removed lines come before added ones. */
  readonly lines: readonly HunkLine[];
}

const CONTEXT = 3;

/** The hunks of a comparison, with up to three lines of context on each side. */
export function toHunks(
  before: readonly string[],
  after: readonly string[],
  blocks: readonly ChangeBlock[],
): Hunk[] {
  return groupNear(blocks).map((group) => toHunk(before, after, group));
}

type Group = [ChangeBlock, ...ChangeBlock[]];

/** Blocks whose contexts would meet share a hunk. */
function groupNear(blocks: readonly ChangeBlock[]): Group[] {
  const groups: Group[] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && block.newStart - (last.newStart + last.newCount) <= 2 * CONTEXT) group.push(block);
    else groups.push([block]);
  }
  return groups;
}

function toHunk(before: readonly string[], after: readonly string[], group: Group): Hunk {
  const lead = Math.min(CONTEXT, group[0].newStart);
  const oldFrom = group[0].oldStart - lead;
  const newFrom = group[0].newStart - lead;
  const lines: HunkLine[] = [];
  let [oldAt, newAt] = [oldFrom, newFrom];
  const keepUntil = (end: number): void => {
    while (newAt < end) {
      lines.push({ kind: "context", text: after[newAt] ?? "", oldLine: ++oldAt, newLine: ++newAt });
    }
  };
  for (const block of group) {
    keepUntil(block.newStart);
    for (let left = block.oldCount; left > 0; left--) {
      lines.push({ kind: "removed", text: before[oldAt] ?? "", oldLine: ++oldAt });
    }
    for (let left = block.newCount; left > 0; left--) {
      lines.push({ kind: "added", text: after[newAt] ?? "", newLine: ++newAt });
    }
  }
  keepUntil(Math.min(newAt + CONTEXT, after.length));
  const [oldCount, newCount] = [oldAt - oldFrom, newAt - newFrom];
  return {
    oldStart: startOf(oldFrom, oldCount),
    oldCount,
    newStart: startOf(newFrom, newCount),
    newCount,
    lines,
  };
}

function startOf(from: number, count: number): number {
  return count === 0 ? from : from + 1;
}
