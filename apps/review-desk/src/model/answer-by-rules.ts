import type { LanguageModelV4Content, LanguageModelV4Prompt } from "@ai-sdk/provider";
import { z } from "zod";
import { severities } from "../review/finding.ts";
import { readTask } from "../review/task.ts";
import { callTool, firstUserText, toolResults } from "./prompt.ts";

/** How many places it looks up in the file before it reports; the rest rest on the check alone. */
const maxHunks = 3;

const checkResult = z.object({
  findings: z.array(
    z.object({ line: z.number(), rule: z.string(), severity: z.enum(severities), message: z.string() }),
  ),
});
type CheckResult = z.infer<typeof checkResult>;

/**
 * The embedded model's whole mind: list the change and run the reviewer's check, read the lines that the check points
 * at, then report what the check found and cite both.
 *
 * @throws {Error} if the check failed: a file that nothing has looked at must not pass for a clean one.
 */
export function answerByRules(prompt: LanguageModelV4Prompt): LanguageModelV4Content[] {
  const task = readTask(firstUserText(prompt));
  const results = toolResults(prompt);
  const check = results.get("run_check")?.[0];
  if (check === undefined) {
    return [
      callTool("list_changes", 1, { under: task.path }),
      callTool("run_check", 1, { path: task.path, check: task.check }),
    ];
  }
  const parsed = checkResult.safeParse(check);
  if (!parsed.success)
    throw new Error(typeof check === "string" ? check : `${task.check} gave no findings list`);
  const { findings } = parsed.data;
  if (findings.length > 0 && !results.has("read_hunk")) {
    const lines = [...new Set(findings.map(({ line }) => line))].slice(0, maxHunks);
    return lines.map((line, index) => callTool("read_hunk", index + 1, { path: task.path, line }));
  }
  return [
    callTool("report_findings", 1, {
      findings: findings.map((finding) => withEvidence(finding, task.check)),
    }),
  ];
}

function withEvidence(
  { line, rule, severity, message }: CheckResult["findings"][number],
  check: string,
): object {
  return { line, rule, severity, message, evidence: `run_check ${check}: ${rule} at line ${line}` };
}
