import type { Checks } from "../checks/checks.ts";
import { isMendable } from "../checks/mendable-rules.ts";
import { decodeText } from "../repository/decode-text.ts";
import { readSafely } from "../repository/read-safely.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile } from "../repository/review-file.ts";
import { compareText, type Finding } from "../review/finding.ts";
import { applyMends, wantedMends } from "./wanted-mends.ts";
import { type PatchedFile, writePatch } from "./write-patch.ts";

export interface PatchOptions {
  readonly repository: Pick<Repository, "root">;
  readonly checks: Pick<Checks, "mend" | "run">;
  /** The files under review, by path: nothing else is ever in the patch. */
  readonly reviewed: ReadonlyMap<string, Pick<ReviewFile, "changedLines">>;
  readonly signal?: AbortSignal | undefined;
}

/** In UTF-16 code units. A file whose part would not fit any more is left out. */
const maxPatchLength = 1_000_000;

/** How many files are in memory at a time. */
const batchSize = 32;
const byteOrderMark = "\uFEFF";

/**
 * A patch that mends what the findings of analysers say and analysers can mend, in a form that `git apply` takes; `""` if there is
 * nothing. The same for the same files and findings. Only lines with such a finding change, and with a base only lines that the
 * change has touched.
 *
 * @throws {ChecksError} `CHECK_UNAVAILABLE` or `CHECK_CLOSED`; and the reason of `signal`.
 */
export async function makePatch(findings: readonly Finding[], options: PatchOptions): Promise<string> {
  const wanted = [...wantedLines(findings, options.reviewed)].sort(([a], [b]) => compareText(a, b));
  let patch = "";
  for (let first = 0; first < wanted.length; first += batchSize) {
    for (const file of await mendFiles(wanted.slice(first, first + batchSize), options)) {
      const part = writePatch(file);
      if (patch.length + part.length <= maxPatchLength) patch += part;
    }
  }
  return patch;
}

type WantedLines = readonly [path: string, lines: ReadonlySet<number>];

/** By path, the lines that can be mended. What only a model says is no reason to change anything. */
function wantedLines(
  findings: readonly Finding[],
  reviewed: PatchOptions["reviewed"],
): Map<string, Set<number>> {
  const wanted = new Map<string, Set<number>>();
  for (const { path, line, rule, source } of findings) {
    if (source !== "check" || !isMendable(rule) || !reviewed.has(path)) continue;
    const lines = wanted.get(path);
    if (lines) lines.add(line);
    else wanted.set(path, new Set([line]));
  }
  return wanted;
}

interface FileText {
  readonly path: string;
  readonly bytes: Buffer;
  /** With its byte order mark, if it has one. */
  readonly text: string;
  readonly mark: string;
  readonly lines: ReadonlySet<number>;
}

async function mendFiles(wanted: readonly WantedLines[], options: PatchOptions): Promise<PatchedFile[]> {
  const files: FileText[] = [];
  for (const [path, lines] of wanted) {
    const read = await readSafely(options.repository.root, path, options.signal);
    const decoded = read.why === undefined ? decodeText(read.bytes) : read;
    if (read.why !== undefined || decoded.why !== undefined) continue;
    const mark = decoded.text.length < read.bytes.toString().length ? byteOrderMark : "";
    files.push({ path, bytes: read.bytes, text: mark + decoded.text, mark, lines });
  }
  const mended = await options.checks.mend(files, { signal: options.signal });
  const patched = await Promise.all(
    files.map((file, index) => mendFile(file, file.mark + (mended[index] ?? ""), options)),
  );
  return patched.filter((file) => file !== undefined);
}

async function mendFile(
  { path, bytes, text, lines }: FileText,
  after: string,
  { reviewed, checks, signal }: PatchOptions,
): Promise<PatchedFile | undefined> {
  const { changedLines } = reviewed.get(path) ?? { changedLines: [] };
  const { mends, isPart } = wantedMends({ before: text, after, wanted: lines, changedLines });
  if (mends.length === 0) return undefined;
  const now = applyMends(text, mends);
  // Half of a remedy that spans more lines than its finding would be worse than the fault.
  if (isPart && (await isBroken({ path, text: now }, checks, signal))) return undefined;
  return { path, before: bytes, after: Buffer.from(now), text, mends };
}

async function isBroken(
  file: { readonly path: string; readonly text: string },
  checks: PatchOptions["checks"],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const findings = await checks.run("correctness", file, { signal });
  return findings.some(({ rule }) => rule === "oxlint/parse-error");
}
