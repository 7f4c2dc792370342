import { isSafePath } from "../repository/safe-path.ts";
import { quoteName } from "../repository/quoted-name.ts";
import { PatchError } from "./patch-error.ts";
import { unquotePath } from "./patch-path.ts";
import { type TextLine, textLines } from "./text-lines.ts";

/** One `@@` of a patch. Starts are 0-based. */
export interface PatchHunk {
  readonly start: number;
  readonly before: readonly TextLine[];
  readonly after: readonly TextLine[];
}

/** What a patch says of one file. */
export interface FilePatch {
  readonly path: string;
  readonly beforeId: string;
  readonly afterId: string;
  readonly hunks: readonly PatchHunk[];
}

/**
 * Reads a patch as `makePatch` writes it, and nothing else: no new, deleted, renamed or binary files, no modes.
 *
 * @throws {PatchError} `PATCH_MALFORMED`; `PATCH_REFUSED` for a path that leads elsewhere.
 */
export function readPatch(patch: string): readonly FilePatch[] {
  const reader = new PatchReader(textLines(patch));
  const files: FilePatch[] = [];
  const paths = new Set<string>();
  while (!reader.isAtEnd) {
    const file = reader.file();
    if (paths.has(file.path)) throw malformed(reader.lineNumber, `${quoteName(file.path)} comes twice`);
    paths.add(file.path);
    files.push(file);
  }
  return files;
}

const noEnd = "\\ No newline at end of file";

class PatchReader {
  readonly #lines: readonly TextLine[];
  #at = 0;

  constructor(lines: readonly TextLine[]) {
    this.#lines = lines;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#lines.length;
  }

  get lineNumber(): number {
    return this.#at + 1;
  }

  file(): FilePatch {
    const header = this.#header(/^diff --git (.*)$/);
    const [, beforeId = "", afterId = ""] = this.#match(/^index ([0-9a-f]{40})\.\.([0-9a-f]{40})$/);
    const from = this.#header(/^--- (.*?)\t?$/);
    const to = this.#header(/^\+\+\+ (.*?)\t?$/);
    const path = unquotePath("a/", from);
    if (path === undefined || unquotePath("b/", to) !== path || header !== `${from} ${to}`) {
      throw malformed(this.lineNumber, "its names are not one file's");
    }
    if (!isSafePath(path)) {
      throw new PatchError("PATCH_REFUSED", `Cannot apply the patch: ${quoteName(path)} leads elsewhere`);
    }
    const hunks: PatchHunk[] = [];
    while (this.#next?.text.startsWith("@@ ")) hunks.push(this.#hunk());
    if (hunks.length === 0) throw malformed(this.lineNumber, "a change was expected");
    return { path, beforeId, afterId, hunks };
  }

  get #next(): TextLine | undefined {
    return this.#lines[this.#at];
  }

  #match(pattern: RegExp): RegExpExecArray {
    const line = this.#next;
    const found = line?.end === "\n" ? pattern.exec(line.text) : null;
    if (found === null) throw malformed(this.lineNumber, "something else was expected");
    this.#at += 1;
    return found;
  }

  #header(pattern: RegExp): string {
    return this.#match(pattern)[1] ?? "";
  }

  #hunk(): PatchHunk {
    const numbers = this.#match(/^@@ -(\d{1,9}),(\d{1,9}) \+(\d{1,9}),(\d{1,9}) @@$/)
      .slice(1)
      .map(Number);
    const [oldStart = 0, oldCount = 0, , newCount = 0] = numbers;
    const before: TextLine[] = [];
    const after: TextLine[] = [];
    while (before.length < oldCount || after.length < newCount) {
      const { mark, line } = this.#bodyLine();
      if (mark !== "+") before.push(line);
      if (mark !== "-") after.push(line);
    }
    if (before.length !== oldCount || after.length !== newCount) {
      throw malformed(this.lineNumber, "its counts are wrong");
    }
    return { start: oldCount === 0 ? oldStart : oldStart - 1, before, after };
  }

  #bodyLine(): { readonly mark: string; readonly line: TextLine } {
    const line = this.#next;
    const mark = line?.text[0] ?? "";
    if (line === undefined || !" +-".includes(mark) || mark === "") {
      throw malformed(this.lineNumber, "a line of a change was expected");
    }
    this.#at += 1;
    const text = line.text.slice(1);
    if (this.#next?.text !== noEnd) return { mark, line: { text, end: line.end } };
    this.#at += 1;
    return { mark, line: { text: line.end === "\r\n" ? `${text}\r` : text, end: "" } };
  }
}

function malformed(line: number, why: string): PatchError {
  return new PatchError("PATCH_MALFORMED", `Cannot apply the patch: line ${line} is not understood: ${why}`);
}
