import type { ReviewFile, SkippedFile } from "../repository/review-file.ts";
import { cleanLine } from "./clean-line.ts";
import { compareFindings, compareText, type Finding } from "./finding.ts";

/** A cell that gave no result. */
export interface FailedCell {
  readonly path: string;
  readonly reviewer: string;
  readonly model: string;
  readonly message: string;
}

/** What a review has come to, whole or stopped half-way. Plain data, in a stable order. */
export interface ReviewResult {
  readonly files: number;
  readonly cells: { readonly total: number; readonly done: number; readonly failed: number };
  readonly findings: readonly Finding[];
  readonly failures: readonly FailedCell[];
  readonly skipped: readonly SkippedFile[];
  /** What a reader has to know of single files, one line each. */
  readonly fileNotes: readonly string[];
  /** Reported findings that pointed at no line of the review. */
  readonly dropped: number;
  /** How often a helper refused what a model asked for. */
  readonly refused: number;
}

/** Gathers what cells report while a review runs; can be read at any time. */
export class Tally {
  readonly #findings = new Map<string, Finding>();
  readonly #failures: FailedCell[] = [];
  readonly #skipped: SkippedFile[] = [];
  readonly #fileNotes: string[] = [];
  #files = 0;
  #total = 0;
  #done = 0;
  #dropped = 0;
  #refused = 0;

  /** Counts a file and its cells. */
  file({ path, note }: ReviewFile, cells: number): void {
    this.#files += 1;
    this.#total += cells;
    if (note !== undefined) this.#fileNotes.push(cleanLine(`${path}: ${note}`, 300));
  }

  skip(file: SkippedFile): void {
    this.#skipped.push(file);
  }

  /** Adds a cell's findings, and returns those that nobody had reported before. */
  done(findings: readonly Finding[], dropped: number, refused = 0): Finding[] {
    this.#done += 1;
    this.#dropped += dropped;
    this.#refused += refused;
    return findings.filter((finding) => this.#add(finding));
  }

  fail(cell: FailedCell): void {
    this.#failures.push(cell);
  }

  result(): ReviewResult {
    return {
      files: this.#files,
      cells: { total: this.#total, done: this.#done, failed: this.#failures.length },
      findings: [...this.#findings.values()].sort(compareFindings),
      failures: this.#failures.toSorted(
        (a, b) =>
          compareText(a.path, b.path) || compareText(a.reviewer, b.reviewer) || compareText(a.model, b.model),
      ),
      skipped: this.#skipped.toSorted((a, b) => compareText(a.path, b.path)),
      fileNotes: this.#fileNotes.toSorted(compareText),
      dropped: this.#dropped,
      refused: this.#refused,
    };
  }

  /** The same rule at the same line is one finding, however many models and reviewers saw it. */
  #add(finding: Finding): boolean {
    const key = JSON.stringify([finding.path, finding.line, finding.rule]);
    const known = this.#findings.get(key);
    if (known === undefined) {
      this.#findings.set(key, finding);
      return true;
    }
    const models = [...new Set([...known.models, ...finding.models])].sort(compareText);
    const first = compareFindings(known, finding) <= 0 ? known : finding;
    const source = known.source === "check" ? known.source : finding.source;
    this.#findings.set(key, { ...first, source, models });
    return false;
  }
}
