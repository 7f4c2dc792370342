import { cleanLine } from "../review/clean-line.ts";
import { embeddedModelId } from "../model/embedded-model.ts";
import { countFindings, countOf, countSkipped, type Report, reviewedBy } from "./report.ts";

/** Most findings, failures and skipped files that the summary lists; the reports in `--out` have all. */
const maxListed = 40;
const maxFailures = 5;
const maxSkipped = 10;

/**
 * What the reviewer prints at the end. The same for the same input: no time, no duration, no order of arrival.
 *
 * @param whole the file that comes with it and lists everything, if there is one
 */
export function summarize(report: Report, whole?: string): string {
  const { subject, files, cells, notes, stopped, findings } = report;
  const lines = [
    `Review of ${subject}`,
    `by ${reviewedBy(report)}`,
    ...notes.map((note) => `note: ${note}`),
    "",
  ];
  if (files === 0) {
    const unchanged = report.base !== undefined && report.skipped.length === 0;
    lines.push(unchanged ? "Nothing to review: no file has changed." : "Nothing to review.");
  }
  lines.push(...findings.slice(0, maxListed).map((finding) => findingLine(finding, report)));
  if (findings.length > maxListed) {
    const where = whole === undefined ? "write them all with --out DIR" : `see ${whole}`;
    lines.push(`… and ${findings.length - maxListed} more: ${where}`);
  }
  if (files > 0) lines.push(...(findings.length > 0 ? [""] : []), countFindings(report));
  lines.push(...failureLines(report), ...skippedLines(report));
  const done = `${cells.done} of ${countOf(cells.total, "cell")} done`;
  lines.push(
    `${countOf(files, "file")} reviewed${stopped ? " so far" : ""}, ${done}${stopped ? ", then stopped" : ""}`,
  );
  return `${lines.join("\n")}\n`;
}

function findingLine(
  { severity, path, line, message, rule, source, models }: Report["findings"][number],
  report: Report,
): string {
  const agreed = report.models.length > 1 ? ` [${models.length} of ${report.models.length} models]` : "";
  const claimed =
    source === "model" && models.some((id) => id !== embeddedModelId) ? " [model's own reading]" : "";
  return `${severity.padEnd(5)} ${cleanLine(path, 300)}:${line}  ${message} (${rule})${agreed}${claimed}`;
}

function failureLines({ failures }: Report): string[] {
  if (failures.length === 0) return [];
  const listed = failures.slice(0, maxFailures);
  return [
    `${countOf(failures.length, "cell")} failed:`,
    ...listed.map(
      ({ path, reviewer, model, message }) =>
        `  ${cleanLine(path, 300)} · ${reviewer} · ${model}: ${message}`,
    ),
    ...(failures.length > listed.length ? [`  … and ${failures.length - listed.length} more`] : []),
  ];
}

function skippedLines(report: Report): string[] {
  const { skipped } = report;
  if (skipped.length === 0) return [];
  if (skipped.length > maxSkipped) return [`skipped: ${countSkipped(report)}`];
  return skipped.map(({ path, why }) => `skipped ${cleanLine(path, 300)}: ${why}`);
}
