import { isContentOf } from "./blob-content.ts";
import type { BlobReader } from "./blob-reader.ts";
import { decodeText } from "./decode-text.ts";
import { isGenerated } from "./generated-names.ts";
import type { IndexedName, ListedName } from "./git-listing.ts";
import type { Rename } from "./git-renames.ts";
import { changedRanges, splitLines } from "./line-changes.ts";
import { readSafely } from "./read-safely.ts";
import type { ReviewFile, SkippedFile, SkipReason } from "./review-file.ts";
import { isSafePath } from "./safe-path.ts";
import { compareWithStored } from "./stored-comparison.ts";

/** A name in the index or in the base, and what a base has for it. */
export interface Candidate {
  readonly path: string;
  readonly indexed?: IndexedName | undefined;
  readonly base?: ListedName | undefined;
  readonly rename?: Rename | undefined;
}

/** What a candidate is compared with; without `blobs` every tracked file is reviewed whole. */
export interface Review {
  readonly root: string;
  readonly blobs?: BlobReader | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SUBMODULE = "160000";
const LINK = "120000";

/** What is to be said of a candidate: a file to review, one that is skipped, or nothing if it did not change. */
export async function reviewEntry(
  review: Review,
  candidate: Candidate,
): Promise<ReviewFile | SkippedFile | undefined> {
  const { path, indexed, base } = candidate;
  const skip = (why: SkipReason): SkippedFile => ({ kind: "skipped", path, why });
  // What is not read for its text counts as changed when git stored something else for it.
  const isStored = review.blobs !== undefined && base !== undefined && indexed?.id === base.id;
  const refusal = refuse(path, indexed);
  if (refusal) return isStored ? undefined : skip(refusal);
  const read = await readSafely(review.root, path, review.signal);
  if (read.why === "deleted" && indexed?.checkedOut === false) {
    return isStored ? undefined : skip("not checked out");
  }
  if (isStored && read.why?.startsWith("too large")) return undefined;
  if (read.why !== undefined) return skip(read.why);
  if (base && isContentOf(base.id, read.bytes)) return undefined;
  const decoded = decodeText(read.bytes);
  if (decoded.why !== undefined) return isStored ? undefined : skip(decoded.why);
  return await describeFile(review, candidate, read.bytes, decoded.text);
}

/** Why a name is not even looked up, from the name and the index alone. */
function refuse(path: string, indexed: IndexedName | undefined): SkipReason | undefined {
  if (!indexed) return "deleted";
  if (!Buffer.from(path).equals(indexed.name)) return "name not UTF-8";
  if (!isSafePath(path)) return "unsafe path";
  if (indexed.mode === SUBMODULE) return "submodule";
  if (indexed.mode === LINK) return "link";
  return isGenerated(path) ? "generated" : undefined;
}

async function describeFile(
  { blobs }: Review,
  { path, base, rename }: Candidate,
  bytes: Buffer,
  text: string,
): Promise<ReviewFile | undefined> {
  const lineCount = splitLines(text).length;
  const file = { kind: "file", path, bytes: bytes.length, lineCount } as const;
  if (!blobs) return { ...file, status: "tracked" };
  const baseId = base?.id ?? rename?.id;
  if (baseId === undefined) {
    return { ...file, status: "added", changedLines: lineCount > 0 ? [[1, lineCount]] : [] };
  }
  const { blocks, note } = compareWithStored(await blobs.read(baseId), bytes, text);
  const change = { ...file, baseId, changedLines: changedRanges(blocks), note };
  if (!base) return { ...change, status: "renamed", previousPath: rename?.previousPath };
  return blocks.length > 0 ? { ...change, status: "modified" } : undefined;
}
