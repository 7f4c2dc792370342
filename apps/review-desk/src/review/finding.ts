import { z } from "zod";

/** From the gravest to the mildest. */
export const severities = ["error", "warn", "info"] as const;
export type Severity = (typeof severities)[number];

/** What a model reports. Every field is required: some servers refuse a tool schema with optional ones. */
export const reportedFinding = z.object({
  line: z.number().int().min(1).describe("1-based line in the file under review"),
  severity: z.enum(severities).describe("error: wrong now; warn: likely to go wrong; info: worth knowing"),
  rule: z.string().min(1).describe("the check's rule, or a short kebab-case name of your own"),
  message: z.string().min(1).describe("one sentence: what is wrong and what to do"),
  evidence: z.string().describe("the tool result that shows it"),
});
export type ReportedFinding = z.infer<typeof reportedFinding>;

/** A finding that the review has checked: the line exists, and lies in the change where there is one. */
export interface Finding {
  /** Relative to the repository's root, with `/`. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly severity: Severity;
  readonly rule: string;
  /** One line without control characters. */
  readonly message: string;
  readonly evidence: string;
  /** `check` if an analyser reported this rule at this line, `model` if only the model says so. */
  readonly source: "check" | "model";
  readonly reviewer: string;
  /** Ids of the models that reported it, sorted. */
  readonly models: readonly string[];
}

/** Gravest first, then by path, line and rule: the same for the same findings, in whichever order they came. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    compareText(a.path, b.path) ||
    a.line - b.line ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

/** By code unit: a locale must not change a report. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** True if the finding is at least as grave as the threshold. */
export function reaches(finding: Finding, threshold: Severity): boolean {
  return severities.indexOf(finding.severity) <= severities.indexOf(threshold);
}
