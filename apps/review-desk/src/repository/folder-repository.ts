import { decodeText } from "./decode-text.ts";
import { walkFolder } from "./folder-listing.ts";
import { isGenerated } from "./generated-names.ts";
import { splitLines } from "./line-changes.ts";
import { mapAhead, READ_AHEAD } from "./map-ahead.ts";
import { readSafely } from "./read-safely.ts";
import type { ReadOptions, Repository } from "./repository.ts";
import type { ReviewFile, SkippedFile } from "./review-file.ts";
import { readText } from "./scoped-reader.ts";

/** A folder (absolute, links resolved) without history: every file below it is reviewed. */
export function openFolder(root: string, notes: readonly string[]): Repository {
  return {
    root,
    kind: "folder",
    notes,
    files: ({ signal }: ReadOptions = {}) => listFiles(root, signal),
    read: async (path, { signal } = {}) => (await readText(root, "", path, signal)).text,
    hunks: async () => [],
  };
}

async function* listFiles(
  root: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReviewFile | SkippedFile> {
  yield* mapAhead(walkFolder(root, { signal }), READ_AHEAD, async (entry) =>
    entry.kind === "skipped" ? entry : await describe(root, entry.path, signal),
  );
}

async function describe(
  root: string,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ReviewFile | SkippedFile> {
  if (isGenerated(path)) return { kind: "skipped", path, why: "generated" };
  const read = await readSafely(root, path, signal);
  if (read.why !== undefined) return { kind: "skipped", path, why: read.why };
  const decoded = decodeText(read.bytes);
  if (decoded.why !== undefined) return { kind: "skipped", path, why: decoded.why };
  const lineCount = splitLines(decoded.text).length;
  return { kind: "file", path, status: "tracked", bytes: read.bytes.length, lineCount };
}
