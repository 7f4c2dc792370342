import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { UNWALKED } from "./generated-names.ts";
import type { SkippedFile, SkipReason } from "./review-file.ts";
import { isSafeName } from "./safe-path.ts";

/** A regular file, by its path in git's form. */
export interface WalkedFile {
  readonly kind: "walked";
  readonly path: string;
}

interface WalkLimits {
  /** Folders inside folders. */
  readonly depth: number;
  /** Entries of one folder, which are held while it is walked; more, and the folder is skipped whole. */
  readonly entries: number;
}

export interface WalkOptions extends Partial<WalkLimits> {
  readonly signal?: AbortSignal | undefined;
}

const LIMITS: WalkLimits = { depth: 64, entries: 100_000 };

interface Entry {
  /** With a `/` at the end for a folder: the order of whole paths, as git has it. */
  readonly key: Buffer;
  readonly found: "file" | "folder" | SkipReason;
}

/** The files below a folder, in the byte order of their paths. Links are not followed. */
export async function* walkFolder(
  root: string,
  { signal, ...limits }: WalkOptions = {},
): AsyncGenerator<WalkedFile | SkippedFile> {
  yield* walk(root, "", { ...LIMITS, ...limits }, signal);
}

async function* walk(
  root: string,
  prefix: string,
  limits: WalkLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<WalkedFile | SkippedFile> {
  const skip = (path: string, why: SkipReason): SkippedFile => ({ kind: "skipped", path, why });
  const here = prefix.slice(0, -1);
  if (prefix.split("/").length - 1 > limits.depth) return yield skip(here, "too deep");
  const entries = await listEntries(join(root, prefix), limits.entries, signal);
  if (!Array.isArray(entries)) return yield skip(here === "" ? "." : here, entries);
  for (const { key, found } of entries) {
    const path = prefix + key.toString("utf8");
    if (found === "file") yield { kind: "walked", path };
    else if (found === "folder") yield* walk(root, path, limits, signal);
    else yield skip(path.replace(/\/$/, ""), found);
  }
}

async function listEntries(
  folder: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<Entry[] | SkipReason> {
  const entries: Entry[] = [];
  try {
    // Names come as bytes: one that is not UTF-8 would not be found again by its text.
    const names = await opendir(folder, { encoding: "buffer" as BufferEncoding });
    for await (const entry of names) {
      signal?.throwIfAborted();
      if (entries.length === limit) return `too many entries (more than ${limit})`;
      const name = entry.name as unknown as Buffer;
      const key = entry.isDirectory() ? Buffer.concat([name, Buffer.from("/")]) : name;
      entries.push({ key, found: judge(name, entry) });
    }
  } catch (error) {
    signal?.throwIfAborted();
    return `unreadable: ${(error as NodeJS.ErrnoException).code ?? "unknown failure"}`;
  }
  return entries.sort((one, other) => Buffer.compare(one.key, other.key));
}

interface Kind {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function judge(name: Buffer, kind: Kind): Entry["found"] {
  const text = name.toString("utf8");
  if (!Buffer.from(text).equals(name)) return "name not UTF-8";
  if (kind.isSymbolicLink()) return "link";
  const holds = UNWALKED.get(text);
  if (kind.isDirectory() && holds) return `not walked: ${holds}`;
  if (!isSafeName(text)) return "unsafe path";
  if (kind.isDirectory()) return "folder";
  return kind.isFile() ? "file" : "not a regular file";
}
