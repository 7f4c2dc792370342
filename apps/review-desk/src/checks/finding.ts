/** What a check reports, and the names of the checks. @module */

/** Every check, in the order in which a report lists them. */
export const checkNames = ["correctness", "secrets", "tests-and-docs", "complexity"] as const;

export type CheckName = (typeof checkNames)[number];

export type CheckSeverity = "error" | "warn" | "info";

/** One fault at one place of the file that was checked. Plain data, safe to print and to send. */
export interface CheckFinding {
  /** 1-based; lines end at `\n`, as git counts them. */
  readonly line: number;
  /** 1-based, in UTF-16 code units, a byte order mark not counted. */
  readonly column?: number | undefined;
  /** Last line of the fault, where it spans several. */
  readonly endLine?: number | undefined;
  /** Tool and rule: `oxlint/no-empty`, `oxlint/typescript/no-floating-promises`, `secretlint/aws`. */
  readonly rule: string;
  readonly severity: CheckSeverity;
  /** One line of at most 300 characters, without control characters and without the secret itself. */
  readonly message: string;
  /** How to mend it, or where the tool explains the rule. Same limits as `message`. */
  readonly help?: string | undefined;
}

/** Line first, then column, then rule: the order in which every list of findings is given. */
export function compareFindings(a: CheckFinding, b: CheckFinding): number {
  if (a.line !== b.line) return a.line - b.line;
  const columns = (a.column ?? 0) - (b.column ?? 0);
  if (columns !== 0) return columns;
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  if (a.message !== b.message) return a.message < b.message ? -1 : 1;
  return 0;
}
