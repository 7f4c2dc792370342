import { type CheckFinding, compareFindings } from "./finding.ts";

/** Findings that a file can have in one check; the rest is counted, not kept. */
export const maxFindings = 200;

/**
 * Collects the findings of one file and check, in any order, and keeps the first by position.
 * A file with a million faults costs the memory of 400, and gives the same list each time.
 */
export class FindingList {
  #kept: CheckFinding[] = [];
  #dropped = 0;

  add(finding: CheckFinding): void {
    this.#kept.push(finding);
    if (this.#kept.length >= maxFindings * 2) this.#cut();
  }

  /** In order; if some were dropped, the last one is an `info` that says how many. */
  end(): readonly CheckFinding[] {
    this.#cut();
    const last = this.#kept.at(-1);
    if (last === undefined || this.#dropped === 0) return this.#kept;
    const message = `${this.#dropped} more findings in this file are not shown`;
    const rest: CheckFinding = {
      line: last.line,
      rule: "review-desk/more-findings",
      severity: "info",
      message,
    };
    return [...this.#kept, rest];
  }

  #cut(): void {
    const sorted = this.#kept.sort(compareFindings);
    const distinct = sorted.filter((finding, index) => {
      const before = sorted[index - 1];
      return before === undefined || compareFindings(before, finding) !== 0;
    });
    this.#dropped += Math.max(0, distinct.length - maxFindings);
    this.#kept = distinct.slice(0, maxFindings);
  }
}
