import type { CallParameters, CallUsage } from "./model-call.ts";

const charactersPerToken = 4;
const expectedOutputTokens = 1_000;

/** A rough guess before the call: a quarter of the prompt's characters, and the output that is allowed or else 1,000. */
export function guessTokens({ prompt, maxOutputTokens = expectedOutputTokens }: CallParameters): number {
  let characters = 0;
  for (const { content } of prompt) {
    if (typeof content === "string") characters += content.length;
    else for (const part of content) characters += charactersOf(part);
  }
  return Math.ceil(characters / charactersPerToken) + maxOutputTokens;
}

function charactersOf(part: object): number {
  if ("text" in part && typeof part.text === "string") return part.text.length;
  // What models make of a file's bytes has little to do with their number.
  if ("data" in part) return expectedOutputTokens;
  return JSON.stringify(part).length;
}

/** What was used, input and output together, or `undefined` if the provider does not say. */
export function usedTokens({ inputTokens, outputTokens }: Partial<CallUsage>): number | undefined {
  const said = [inputTokens?.total, outputTokens?.total].filter((total) => typeof total === "number");
  const total = said.reduce((sum, each) => sum + each, 0);
  return said.length > 0 && Number.isFinite(total) && total >= 0 ? total : undefined;
}
