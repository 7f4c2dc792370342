import type { LanguageModelV4Content, LanguageModelV4Prompt } from "@ai-sdk/provider";

/** The text of the first user message. */
export function firstUserText(prompt: LanguageModelV4Prompt): string {
  for (const message of prompt) {
    if (message.role !== "user") continue;
    return message.content.map((part) => (part.type === "text" ? part.text : "")).join("");
  }
  return "";
}

/** What each tool has answered so far, by tool name, in order: JSON, the text of an error, or `{ denied }` with why. */
export function toolResults(prompt: LanguageModelV4Prompt): Map<string, unknown[]> {
  const results = new Map<string, unknown[]>();
  for (const message of prompt) {
    if (message.role !== "tool") continue;
    for (const part of message.content) {
      if (part.type !== "tool-result") continue;
      const { output } = part;
      const value = output.type === "execution-denied" ? { denied: output.reason ?? "" } : output.value;
      const known = results.get(part.toolName);
      if (known) known.push(value);
      else results.set(part.toolName, [value]);
    }
  }
  return results;
}

/** A call of a tool, the `number`th of its kind. */
export function callTool(toolName: string, number: number, input: object): LanguageModelV4Content {
  return { type: "tool-call", toolCallId: `${toolName}-${number}`, toolName, input: JSON.stringify(input) };
}

export function sayText(text: string): LanguageModelV4Content {
  return { type: "text", text };
}
