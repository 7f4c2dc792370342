import type { CaseReport } from "./case-report.ts";

/** 1 if a target that is a must was missed and that is asked for: a figure alone fails nothing. */
export function exitCodeOf(reports: readonly CaseReport[], assert: boolean): 0 | 1 {
  const missed = reports.some(({ verdicts }) =>
    verdicts.some(({ level, isMet }) => level === "must" && !isMet),
  );
  return assert && missed ? 1 : 0;
}
