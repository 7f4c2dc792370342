import type { CaseReport, Row } from "./case-report.ts";
import { formatNumber } from "./format-number.ts";
import { formatTable } from "./format-table.ts";
import type { Verdict } from "./judge.ts";

/** A case as it is printed: its table, its notes, and a line for each target. */
export function formatCase({ name, title, columns, rows, verdicts }: CaseReport): string {
  const head = ["contestant", "jobs", ...columns, "x raw", "lowest - highest"];
  const notes = rows.filter(({ note }) => note !== undefined).map((row) => `note: ${row.name}: ${row.note}`);
  return [
    `${name}: ${title}`,
    "",
    ...formatTable(head, rows.map(cells)),
    ...notes,
    ...verdicts.map((verdict) => formatVerdict(verdict, columns)),
    "",
  ].join("\n");
}

function cells({ name, jobs, medians, ratioToRaw, range }: Row): string[] {
  return [
    name,
    formatNumber(jobs),
    ...medians.map(formatNumber),
    ratioToRaw === undefined ? "" : formatNumber(ratioToRaw),
    range.map(formatNumber).join(" - "),
  ];
}

/** `met   must: lane.run <= 1 x p-limit: reached 0.93 x (lowest rounds: 0.91)`. */
function formatVerdict(verdict: Verdict, columns: readonly string[]): string {
  const { level, ours, against, atMost, reached, reachedAtBest, isMet, column = 0 } = verdict;
  const unit = against === undefined ? (columns[column] ?? "") : "x";
  const wanted = against === undefined ? `${formatNumber(atMost)} ${unit}` : `${atMost} x ${against}`;
  const figures = `reached ${formatNumber(reached)} ${unit} (lowest rounds: ${formatNumber(reachedAtBest)})`;
  return `${isMet ? "met   " : "MISSED"} ${level}: ${ours} <= ${wanted}: ${figures}`;
}
