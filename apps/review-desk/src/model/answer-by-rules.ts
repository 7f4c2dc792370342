import type { LanguageModelV4Content, LanguageModelV4Prompt } from "@ai-sdk/provider";
import { z } from "zod";
import { severities } from "../review/finding.ts";
import { readTask } from "../review/task.ts";

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
      call("list_changes", 1, { under: task.path }),
      call("run_check", 1, { path: task.path, check: task.check }),
    ];
  }
  const parsed = checkResult.safeParse(check);
  if (!parsed.success)
    throw new Error(typeof check === "string" ? check : `${task.check} gave no findings list`);
  const { findings } = parsed.data;
  if (findings.length > 0 && !results.has("read_hunk")) {
    const lines = [...new Set(findings.map(({ line }) => line))].slice(0, maxHunks);
    return lines.map((line, index) => call("read_hunk", index + 1, { path: task.path, line }));
  }
  return [
    call("report_findings", 1, { findings: findings.map((finding) => withEvidence(finding, task.check)) }),
  ];
}

function withEvidence(
  { line, rule, severity, message }: CheckResult["findings"][number],
  check: string,
): object {
  return { line, rule, severity, message, evidence: `run_check ${check}: ${rule} at line ${line}` };
}

function call(toolName: string, number: number, input: object): LanguageModelV4Content {
  return { type: "tool-call", toolCallId: `${toolName}-${number}`, toolName, input: JSON.stringify(input) };
}

function firstUserText(prompt: LanguageModelV4Prompt): string {
  for (const message of prompt) {
    if (message.role !== "user") continue;
    return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
  }
  return "";
}

/** What each tool has answered so far, by tool name, in order: JSON, or the text of an error. */
function toolResults(prompt: LanguageModelV4Prompt): Map<string, unknown[]> {
  const results = new Map<string, unknown[]>();
  for (const message of prompt) {
    if (message.role !== "tool") continue;
    for (const part of message.content) {
      if (part.type !== "tool-result") continue;
      const value = "value" in part.output ? part.output.value : undefined;
      const known = results.get(part.toolName);
      if (known) known.push(value);
      else results.set(part.toolName, [value]);
    }
  }
  return results;
}
