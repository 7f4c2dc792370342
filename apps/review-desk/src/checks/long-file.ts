import type { CheckFinding } from "./finding.ts";
import { isProgram } from "./languages.ts";

const maxLines = 1500;

/**
 * The one measure that holds for every programming language without parsing it: how long the file is.
 * It says so as `info`, at the first line past the limit.
 */
export function longFile(path: string, text: string): readonly CheckFinding[] {
  if (!isProgram(path)) return [];
  let lines = text.endsWith("\n") || text === "" ? 0 : 1;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  if (lines <= maxLines) return [];
  return [
    {
      line: maxLines + 1,
      rule: "review-desk/long-file",
      severity: "info",
      message: `The file has ${lines} lines; more than ${maxLines} are hard to review`,
    },
  ];
}
