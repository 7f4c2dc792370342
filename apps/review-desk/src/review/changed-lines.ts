/** First and last line of each run of changed lines, 1-based, ascending. `undefined` means that the whole file counts. */
export type ChangedLines = readonly (readonly [first: number, last: number])[] | undefined;

/** True if a finding at the line belongs to the review. */
export function isChanged(changed: ChangedLines, line: number): boolean {
  return changed === undefined || changed.some(([first, last]) => first <= line && line <= last);
}
