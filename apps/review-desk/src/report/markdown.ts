import { severities, type Finding, type Severity } from "../review/finding.ts";
import { countFindings, countOf, type Report, reviewedBy } from "./report.ts";

const headings: Record<Severity, string> = { error: "Errors", warn: "Warnings", info: "Infos" };

const sourceNote =
  "Each finding was reported by an analyser at that line, unless it says that it is the model's own reading.";

/** The report for people: `report.md`. */
export function markdown(report: Report): string {
  const { subject, cells, files, stopped, notes } = report;
  const parts = [
    `# Review of ${escape(subject)}`,
    `Reviewed by ${escape(reviewedBy(report))}.`,
    ...notes.map((note) => `> ${escape(note)}`),
    `${countOf(files, "file")}, ${cells.done} of ${countOf(cells.total, "cell")} done${stopped ? ", then stopped" : ""}: **${countFindings(report)}**.`,
    ...severities.flatMap((severity) => section(severity, report)),
    ...(report.findings.length > 0 ? [sourceNote] : []),
    ...failures(report),
    ...skipped(report),
  ];
  return `${parts.join("\n\n")}\n`;
}

function section(severity: Severity, { findings, models }: Report): string[] {
  const listed = findings.filter((finding) => finding.severity === severity);
  if (listed.length === 0) return [];
  return [`## ${headings[severity]}`, listed.map((finding) => item(finding, models.length)).join("\n")];
}

function item(
  { path, line, message, rule, reviewer, models, source, evidence }: Finding,
  modelCount: number,
): string {
  const claimed = source === "model" ? `; the model's own reading: ${escape(evidence)}` : "";
  const agreed =
    modelCount > 1
      ? ` Reported by ${models.length} of ${modelCount} models: ${escape(models.join(", "))}.`
      : "";
  return `- ${code(`${path}:${line}`)} ${escape(message)} (${code(rule)}, ${reviewer}${claimed}).${agreed}`;
}

function failures({ failures: failed }: Report): string[] {
  if (failed.length === 0) return [];
  const items = failed.map(
    ({ path, reviewer, model, message }) =>
      `- ${code(path)} · ${reviewer} · ${escape(model)}: ${escape(message)}`,
  );
  return ["## Cells that failed", items.join("\n")];
}

function skipped({ skipped: files }: Report): string[] {
  if (files.length === 0) return [];
  return ["## Not reviewed", files.map(({ path, why }) => `- ${code(path)}: ${escape(why)}`).join("\n")];
}

/** Text of a reviewed repository or a model must stay text: no link, no image, no HTML, no heading. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|!&~@]/g, (character) => `\\${character}`);
}

/** A code span that holds any text: its fence is longer than every run of backticks inside. */
function code(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, "�");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}
