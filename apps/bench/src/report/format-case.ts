import type { CaseReport, Row } from "./case-report.ts";
import { formatNumber } from "./format-number.ts";
import { formatTable } from "./format-table.ts";
import type { Verdict } from "./judge.ts";

/** A case as it is printed: its table, its notes, and a line for each target. */
export function formatCase({ name, title, columns, rows, notes, verdicts }: CaseReport): string {
  const head = ["contestant", "jobs", ...columns, "x raw", "lowest - highest"];
  const rowNotes = rows.filter(({ note }) => note !== undefined).map((row) => `${row.name}: ${row.note}`);
  return [
    `${name}: ${title}`,
    "",
    ...formatTable(head, rows.map(cells)),
    ...[...rowNotes, ...notes].map((note) => `note: ${note}`),
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
  const { level, ours, against, atMost, atLeast, reached, reachedAtBest, isMet, column = 0 } = verdict;
  const unit = against === undefined ? (columns[column] ?? "") : "x";
  const [sign, bound, best] = atMost === undefined ? [">=", atLeast, "highest"] : ["<=", atMost, "lowest"];
  const wanted = against === undefined ? `${formatNumber(bound)} ${unit}` : `${bound} x ${against}`;
  const figures = `reached ${formatNumber(reached)} ${unit} (${best} rounds: ${formatNumber(reachedAtBest)})`;
  return `${isMet ? "met   " : "MISSED"} ${level}: ${ours} ${sign} ${wanted}: ${figures}`;
}
