import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

/** What a look at a file found: its text, or the code of the error. */
export interface Content {
  readonly text?: string;
  readonly code?: string;
  readonly isWorldWritable?: boolean;
}

/** Looks that find another content each before a file counts as never at rest. */
const maxLooks = 100;

export async function readContent(path: string): Promise<Content> {
  try {
    const file = await open(path);
    try {
      return contentOf(await file.readFile("utf8"), (await file.stat()).mode);
    } finally {
      await file.close();
    }
  } catch (error) {
    return failureOf(error);
  }
}

export function readContentNow(path: string): Content {
  try {
    const file = openSync(path, "r");
    try {
      return contentOf(readFileSync(file, "utf8"), fstatSync(file).mode);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return failureOf(error);
  }
}

/** The content once it has stayed the same for `settleMs`: an editor may be in the midst of writing. */
export async function readSettled(
  path: string,
  known: Content | undefined,
  settleMs: number,
  signal: AbortSignal | undefined,
): Promise<Content> {
  let content = await readContent(path);
  for (let looks = 1; looks < maxLooks; looks += 1) {
    if (isSameContent(content, known)) return content;
    known = content;
    await setTimeout(settleMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
    content = await readContent(path);
  }
  return { code: "EBUSY" };
}

export function isSameContent(one: Content, other: Content | undefined): boolean {
  const { text, code, isWorldWritable } = other ?? {};
  return one.text === text && one.code === code && one.isWorldWritable === isWorldWritable;
}

function contentOf(text: string, mode: number): Content {
  const isWorldWritable = process.platform !== "win32" && (mode & 0o002) !== 0;
  return { text: text.replace(/^\uFEFF/, ""), isWorldWritable };
}

function failureOf(error: unknown): Content {
  return { code: error instanceof Error && "code" in error ? String(error.code) : "EUNKNOWN" };
}
