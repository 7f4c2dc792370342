import { APICallError, type LanguageModelMiddleware } from "ai";

type Wrap = NonNullable<LanguageModelMiddleware["wrapGenerate"]>;
type WrapStream = NonNullable<LanguageModelMiddleware["wrapStream"]>;
export type Answer = Awaited<ReturnType<Wrap>>;
export type StreamAnswer = Awaited<ReturnType<WrapStream>>;
export type Part = StreamAnswer["stream"] extends ReadableStream<infer P> ? P : never;

function usage(input: number, output: number): Answer["usage"] {
  return {
    inputTokens: { total: input, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: output, text: undefined, reasoning: undefined },
  };
}

/** An answer of text that used 30 + 12 tokens. */
export function text(content: string): Answer {
  return {
    content: [{ type: "text", text: content }],
    finishReason: { unified: "stop", raw: undefined },
    usage: usage(30, 12),
    warnings: [],
  };
}

/** An answer that calls a tool. */
export function toolCall(toolName: string, input: unknown, toolCallId = `call-${toolName}`): Answer {
  return {
    ...text(""),
    content: [{ type: "tool-call", toolCallId, toolName, input: JSON.stringify(input) }],
    finishReason: { unified: "tool-calls", raw: undefined },
  };
}

export const finish: Part = {
  type: "finish",
  usage: usage(30, 12),
  finishReason: { unified: "stop", raw: undefined },
};

export const toolsFinish: Part = {
  type: "finish",
  usage: usage(30, 12),
  finishReason: { unified: "tool-calls", raw: undefined },
};

export function textParts(...words: readonly string[]): Part[] {
  return [
    { type: "stream-start", warnings: [] },
    { type: "text-start", id: "1" },
    ...words.map((delta): Part => ({ type: "text-delta", id: "1", delta })),
    { type: "text-end", id: "1" },
    finish,
  ];
}

/** The parts of an answer as a stream. */
export function streamOf(parts: readonly Part[]): StreamAnswer {
  return { stream: ReadableStream.from(parts) as ReadableStream<Part> };
}

/** A stream whose parts come when they are pushed. */
export function pushed(): StreamAnswer & {
  readonly controller: ReadableStreamDefaultController<Part>;
  readonly cancelled: unknown[];
} {
  const cancelled: unknown[] = [];
  let controller!: ReadableStreamDefaultController<Part>;
  const stream = new ReadableStream<Part>({
    start(given) {
      controller = given;
    },
    cancel(reason) {
      cancelled.push(reason);
    },
  });
  return { stream, controller, cancelled };
}

export function apiError(statusCode: number, responseHeaders: Record<string, string> = {}): APICallError {
  return new APICallError({
    message: `status ${statusCode}`,
    url: "http://model.test",
    requestBodyValues: {},
    statusCode,
    responseHeaders,
  });
}

/** What a promise rejects with; it is heard from the start. */
export function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error("It did not fail");
    },
    (error: unknown) => error,
  );
}
