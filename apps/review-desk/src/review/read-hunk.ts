import type { HunkLine } from "../repository/hunks.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile } from "../repository/review-file.ts";

/** A model needs the gist of a line, not a minified bundle. */
const maxLineLength = 400;

/** Most lines of a hunk on either side of the one asked for: a new file is one hunk. */
const maxHunkLines = 60;

/**
 * The lines around one line: `" 12: text"`; in a change `"+12: text"` for an added line and `"-: text"` for one that
 * is gone. A line of the change brings its hunk.
 */
export async function readHunk(
  repository: Repository,
  file: ReviewFile,
  { line, radius }: { readonly line: number; readonly radius: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const first = Math.max(1, line - radius);
  const hunks = file.changedLines ? await repository.hunks(file, { signal }) : [];
  const hunk = hunks.find(({ newStart, newCount }) => newStart <= line && line < newStart + newCount);
  if (hunk) {
    const at = hunk.lines.findIndex(({ newLine }) => newLine === line);
    return hunk.lines.slice(Math.max(0, at - maxHunkLines), at + maxHunkLines + 1).map(hunkLine);
  }
  const text = await repository.read(file.path, { signal });
  return text
    .split(/\r\n|\n|\r/)
    .slice(first - 1, line + radius)
    .map((content, index) => ` ${first + index}: ${content.slice(0, maxLineLength)}`);
}

function hunkLine({ kind, text, newLine }: HunkLine): string {
  const mark = { context: " ", added: "+", removed: "-" }[kind];
  return `${mark}${newLine ?? ""}: ${text.slice(0, maxLineLength)}`;
}
