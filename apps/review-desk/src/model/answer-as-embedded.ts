import type { LanguageModelV4Content } from "@ai-sdk/provider";
import { isReading, isQuestion, readQuestion, readReading } from "../agents/question.ts";
import { isPatchTask } from "../agents/patch-task.ts";
import { answerByRules } from "./answer-by-rules.ts";
import type { Mind } from "./mind.ts";
import { callTool, firstUserText, sayText, toolResults } from "./prompt.ts";

/** The embedded model in each of its parts: reviewer, second opinion, its reader, patcher. Which one, the task says. */
export const answerAsEmbedded: Mind = ({ prompt }) => {
  const text = firstUserText(prompt);
  const results = toolResults(prompt);
  if (isQuestion(text)) return giveOpinion(text, results);
  if (isReading(text)) return readLines(text, results);
  if (isPatchTask(text)) return patch(results);
  return answerByRules(prompt);
};

type Results = ReadonlyMap<string, readonly unknown[]>;

/** It runs the check again, has the place read, and agrees if the check says so again. */
function giveOpinion(text: string, results: Results): LanguageModelV4Content[] {
  const { path, check, line, rule } = readQuestion(text);
  const checked = results.get("run_check")?.[0];
  if (checked === undefined) {
    return [callTool("run_check", 1, { path, check }), callTool("look_closer", 1, { line, question: rule })];
  }
  const { findings } = Object(checked) as { readonly findings?: unknown };
  if (!Array.isArray(findings)) throw new Error(`${check} gave no findings list`);
  const agrees = findings.some((found: unknown) => {
    const { line: at, rule: of } = Object(found) as { readonly line?: unknown; readonly rule?: unknown };
    return at === line && of === rule;
  });
  const why = `${check} reports ${agrees ? "" : "no "}${rule} at line ${line}`;
  return [callTool("give_opinion", 1, { agrees, why })];
}

function readLines(text: string, results: Results): LanguageModelV4Content[] {
  const { path, line } = readReading(text);
  const read = results.get("read_hunk")?.[0];
  if (read === undefined) return [callTool("read_hunk", 1, { path, line })];
  const { lines } = Object(read) as { readonly lines?: unknown };
  return [sayText(Array.isArray(lines) ? lines.join("\n") : "There is nothing to read.")];
}

function patch(results: Results): LanguageModelV4Content[] {
  const done = results.get("apply_patch")?.[0];
  if (done === undefined) return [callTool("apply_patch", 1, {})];
  const { denied, message } = Object(done) as { readonly denied?: unknown; readonly message?: unknown };
  if (denied !== undefined) return [sayText(`I was refused: ${textOf(denied)}`)];
  return [
    sayText(message === undefined ? "The patch is applied." : `It was not applied: ${textOf(message)}`),
  ];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "no reason was given";
}
