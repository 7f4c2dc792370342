import type { Report } from "./report.ts";
import { reviewedBy } from "./report.ts";

/** The whole report as JSON, for programs. The shape is versioned. */
export function findingsJson(report: Report): string {
  const { subject, base, notes, models, stopped, files, cells, findings, failures, skipped, dropped } =
    report;
  const value = {
    version: 1,
    subject,
    reviewedBy: reviewedBy(report),
    base: base ?? null,
    models,
    stopped,
    files,
    cells,
    dropped,
    findings,
    failures,
    skipped: skipped.map(({ path, why }) => ({ path, why })),
    notes,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
