import type { ReviewModel } from "../model/choose-models.ts";
import { describeModel } from "../model/model-notice.ts";
import type { Repository } from "../repository/repository.ts";
import { cleanLine } from "../review/clean-line.ts";
import { type Severity, severities } from "../review/finding.ts";
import type { ReviewResult } from "../review/tally.ts";

/** A review's outcome with what it was a review of: all that a report needs, and nothing that changes from run to run. */
export interface Report extends Omit<ReviewResult, "fileNotes" | "refused"> {
  /** What was reviewed, in words: `demo, changes since main`. */
  readonly subject: string;
  readonly base: string | undefined;
  readonly notes: readonly string[];
  readonly models: readonly string[];
  /** True if the review was interrupted. */
  readonly stopped: boolean;
}

export interface ReportInput {
  readonly repository: Repository;
  readonly name: string;
  readonly base: string | undefined;
  readonly models: readonly ReviewModel[];
  readonly result: ReviewResult;
  readonly stopped: boolean;
}

export function makeReport({ repository, name, base, models, result, stopped }: ReportInput): Report {
  const scope =
    base === undefined
      ? repository.kind === "git"
        ? "tracked files"
        : "file tree"
      : `changes since ${cleanLine(base, 100)}`;
  const { fileNotes, refused, ...outcome } = result;
  return {
    ...outcome,
    subject: `${cleanLine(name, 100)}, ${scope}`,
    base,
    notes: [...repository.notes.map((note) => cleanLine(note, 300)), ...fileNotes, ...refusalNote(refused)],
    models: models.map(({ id }) => id),
    stopped,
  };
}

function refusalNote(refused: number): string[] {
  return refused === 0 ? [] : [`${countOf(refused, "request")} of models refused by the guard`];
}

/** Who reviewed: says of models that are no LLMs what they are. */
export function reviewedBy({ models }: Pick<Report, "models">): string {
  return models.map(describeModel).join(", ");
}

/** `2 errors, 1 warning, 3 infos`; a severity without findings is left out. */
export function countFindings({ findings }: Pick<Report, "findings">): string {
  if (findings.length === 0) return "no findings";
  const names: Record<Severity, string> = { error: "error", warn: "warning", info: "info" };
  return severities
    .map(
      (severity) =>
        [findings.filter((finding) => finding.severity === severity).length, names[severity]] as const,
    )
    .filter(([count]) => count > 0)
    .map(([count, noun]) => countOf(count, noun))
    .join(", ");
}

/** `1 file`, `2 files`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Skipped files by reason: `3 binary, 1 link`. */
export function countSkipped({ skipped }: Pick<Report, "skipped">): string {
  const counts = new Map<string, number>();
  for (const { why } of skipped) {
    const reason = why.replace(/ ?[(:].*$/s, "");
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
}
