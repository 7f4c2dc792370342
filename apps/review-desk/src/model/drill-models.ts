import type { LanguageModelV4, LanguageModelV4Content } from "@ai-sdk/provider";
import { answerAsEmbedded } from "./answer-as-embedded.ts";
import { embedMind, type Mind } from "./mind.ts";
import { callTool, firstUserText, toolResults } from "./prompt.ts";
import { isTask, readTask } from "../review/task.ts";

/** How the drills begin in `EXECUTUS_MODEL`. */
export const drillPrefix = "drill:";

/**
 * Asks for what a guard has to refuse, at the beginning of a review: hands its task back to the review that it is part of, and
 * asks the same thing twice at once. Then it goes on as the embedded rules do.
 */
const restless: Mind = (options) => {
  const answer = answerAsEmbedded(options);
  const text = firstUserText(options.prompt);
  if (!isTask(text) || toolResults(options.prompt).size > 0) return answer;
  const { reviewer, path } = readTask(text);
  const about = {
    line: 1,
    rule: "drill",
    question: `Is there anything at the head of ${path} for ${reviewer}?`,
  };
  const extra: LanguageModelV4Content[] = [
    callTool("hand_back", 1, {}),
    callTool("second_opinion", 1, about),
    callTool("second_opinion", 2, about),
  ];
  const offered = new Set(options.tools?.map(({ name }) => name));
  return [...answer, ...extra.filter((part) => part.type === "tool-call" && offered.has(part.toolName))];
};

const failing: Mind = () => {
  throw new Error("drill:failing always fails: that is what it is for");
};

const drills: ReadonlyMap<string, { readonly notice: string; readonly model: LanguageModelV4 }> = new Map(
  Object.entries({
    restless: {
      mind: restless,
      notice: "a drill, not an LLM: it asks for what a guard refuses, then follows the embedded rules",
    },
    failing: { mind: failing, notice: "a drill, not an LLM: it always fails" },
  }).map(([name, { mind, notice }]) => {
    const id = `${drillPrefix}${name}`;
    return [id, { notice, model: embedMind(id, mind) }];
  }),
);

export const drillIds: readonly string[] = [...drills.keys()];

/** The drill of this id, or `undefined`. */
export function drillModel(id: string): LanguageModelV4 | undefined {
  return drills.get(id)?.model;
}

/** What every output says of it. */
export function drillNotice(id: string): string | undefined {
  return drills.get(id)?.notice;
}
