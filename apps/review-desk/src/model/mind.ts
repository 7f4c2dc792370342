import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4StreamResult,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";

const noTokens: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/** What an embedded model answers: a fixed function of what it is asked. */
export type Mind = (
  options: Pick<LanguageModelV4CallOptions, "prompt" | "tools">,
) => LanguageModelV4Content[];

/** A mind as a model of the AI SDK. What it throws, the call throws. */
export function embedMind(modelId: string, mind: Mind): LanguageModelV4 {
  return {
    specificationVersion: "v4",
    provider: "executus",
    modelId,
    supportedUrls: {},

    async doGenerate(options: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> {
      options.abortSignal?.throwIfAborted();
      const content = mind(options);
      return { content, finishReason: finishReasonOf(content), usage: noTokens, warnings: [] };
    },

    async doStream(options: LanguageModelV4CallOptions): Promise<LanguageModelV4StreamResult> {
      options.abortSignal?.throwIfAborted();
      return { stream: ReadableStream.from(streamParts(mind(options))) };
    },
  };
}

function finishReasonOf(content: readonly LanguageModelV4Content[]): LanguageModelV4FinishReason {
  const unified = content.some((part) => part.type === "tool-call") ? "tool-calls" : "stop";
  return { unified, raw: unified };
}

function* streamParts(content: readonly LanguageModelV4Content[]): Generator<LanguageModelV4StreamPart> {
  yield { type: "stream-start", warnings: [] };
  for (const part of content) {
    if (part.type === "text") {
      yield { type: "text-start", id: "answer" };
      yield { type: "text-delta", id: "answer", delta: part.text };
      yield { type: "text-end", id: "answer" };
    } else if (part.type === "tool-call") {
      yield part;
    }
  }
  yield { type: "finish", finishReason: finishReasonOf(content), usage: noTokens };
}
