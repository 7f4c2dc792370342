import { tool, type ToolSet } from "ai";
import type { Checks } from "../checks/checks.ts";
import type { CheckFinding } from "../checks/finding.ts";
import type { Repository } from "../repository/repository.ts";
import type { ReviewFile } from "../repository/review-file.ts";
import type { ReportedFinding } from "./finding.ts";
import type { CellHelpers } from "./cell-helpers.ts";
import { isChanged } from "./changed-lines.ts";
import { readHunk } from "./read-hunk.ts";
import { maxHunkRadius, toolInputs } from "./tool-inputs.ts";

/** What the tools of one cell work on, and what they leave behind. */
export interface CellDesk {
  readonly repository: Repository;
  readonly checks: Checks;
  readonly file: ReviewFile;
  /** Every file under review so far, by path. */
  readonly files: ReadonlyMap<string, ReviewFile>;
  readonly signal: AbortSignal;
  /** What it is given beside the four tools. */
  readonly helpers?: CellHelpers | undefined;
  /** Rule and line of each result of `run_check`: what makes a reported finding more than a claim. */
  readonly checked: Set<string>;
  /** Set by `report_findings`. */
  reported: readonly ReportedFinding[] | undefined;
}

/** Most paths that `list_changes` returns at a time. */
const maxListed = 50;
/** Lines above and below the one asked for. */
const hunkRadius = 3;

/** The tools of a cell. Each is confined to the files under review; a wrong argument is an answer that the model can read. */
export function cellTools(desk: CellDesk): ToolSet {
  return {
    list_changes: tool({
      description: "Lists the files under review with their status and changed lines.",
      inputSchema: toolInputs.listChanges,
      execute: ({ under }) => listChanges(desk, under),
    }),
    read_hunk: tool({
      description: `Reads the lines around one line of a file under review (${hunkRadius} each way unless told, ${maxHunkRadius} at most); "+" marks added lines, "-" removed ones.`,
      inputSchema: toolInputs.readHunk,
      execute: async ({ path, line, radius = hunkRadius }) => {
        const file = desk.files.get(path);
        if (file === undefined) return notUnderReview(path);
        return { path, lines: await readHunk(desk.repository, file, { line, radius }, desk.signal) };
      },
    }),
    run_check: tool({
      description: "Runs an analyser over a file under review and returns what it found.",
      inputSchema: toolInputs.runCheck,
      execute: async ({ path, check }) => {
        const file = desk.files.get(path);
        if (file === undefined) return notUnderReview(path);
        const text = await desk.repository.read(path, { signal: desk.signal });
        const found = await desk.checks.run(check, { path, text }, { signal: desk.signal });
        const findings = found.filter(({ line }) => isChanged(file.changedLines, line));
        if (path === desk.file.path) for (const finding of findings) desk.checked.add(checkedKey(finding));
        return { findings, outsideTheChange: found.length - findings.length };
      },
    }),
    report_findings: tool({
      description: "Reports the findings and ends the review of this file.",
      inputSchema: toolInputs.reportFindings,
      execute: ({ findings }) => {
        desk.reported = findings;
        return { accepted: findings.length };
      },
    }),
  };
}

/** What identifies a check's result within one file. */
export function checkedKey({ rule, line }: Pick<CheckFinding, "rule" | "line">): string {
  return `${line} ${rule}`;
}

function listChanges({ files }: CellDesk, under: string): object {
  const listed: object[] = [];
  const exact = files.get(under);
  const candidates = exact ? [exact] : files.values();
  let more = 0;
  for (const { path, status, changedLines } of candidates) {
    if (!path.startsWith(under)) continue;
    if (listed.length < maxListed) listed.push({ path, status, changedLines: changedLines ?? "all" });
    else more += 1;
  }
  return { files: listed, more };
}

function notUnderReview(path: string): object {
  return { error: `${JSON.stringify(path)} is not under review` };
}
