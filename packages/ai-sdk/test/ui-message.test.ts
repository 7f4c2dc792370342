import { createHarness, defineAgent } from "@executus/harness";
import { createLane } from "@executus/lane";
import { createProgress, type ProgressEvent } from "@executus/run";
import { aiSdk } from "@executus/run/ai-sdk";
import {
  createUIMessageStream,
  createUIMessageStreamResponse,
  isStepCount,
  parseJsonEventStream,
  readUIMessageStream,
  streamText,
  tool,
  toUIMessageStream,
  type UIMessage,
  type UIMessageChunk,
  uiMessageChunkSchema,
  type UIMessageStreamWriter,
  validateUIMessages,
  wrapLanguageModel,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, test } from "vitest";
import { z } from "zod";
import { laneMiddleware } from "../src/index.ts";
import { streamOf, textParts, toolsFinish } from "./answers.ts";

type Message = UIMessage<unknown, { progress: ProgressEvent }>;

const progressSchema = z.custom<ProgressEvent>((value) => (value as ProgressEvent).nodeId !== undefined);
const look = { type: "tool-call", toolCallId: "1", toolName: "look", input: "{}" } as const;

/** A model of a lane that calls the tool `look`, then answers. */
function looking(): ReturnType<typeof wrapLanguageModel> {
  const doStream = [streamOf([look, toolsFinish]), streamOf(textParts("two ", "files"))];
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  return wrapLanguageModel({
    model: new MockLanguageModelV4({ doStream }),
    middleware: laneMiddleware(lane),
  });
}

/** What a browser has in the end: sent as a response, each chunk checked and read back by the SDK's own means. */
async function received(
  execute: (writer: UIMessageStreamWriter<Message>) => Promise<void>,
): Promise<{ readonly message: Message; readonly chunks: readonly UIMessageChunk[] }> {
  const stream = createUIMessageStream<Message>({
    execute: ({ writer }) => execute(writer),
    onError: String,
  });
  const { body } = createUIMessageStreamResponse({ stream });
  const chunks: UIMessageChunk[] = [];
  const parsed = parseJsonEventStream({
    stream: body as ReadableStream<Uint8Array>,
    schema: uiMessageChunkSchema,
  });
  for await (const result of parsed) {
    if (!result.success) throw result.error;
    chunks.push(result.value as UIMessageChunk);
  }
  let message: Message | undefined;
  const reading = readUIMessageStream<Message>({
    stream: ReadableStream.from(chunks),
    terminateOnError: true,
  });
  for await (const state of reading) message = state;
  const messages = [{ ...message, id: "1" }];
  const [valid] = await validateUIMessages<Message>({ messages, dataSchemas: { progress: progressSchema } });
  return { message: valid as Message, chunks };
}

/** The nodes that a message shows, and how they ended. */
function nodesOf({ parts }: Message): unknown[] {
  return parts.flatMap((part) =>
    part.type === "data-progress" && part.data.type === "end" ? [[part.data.name, part.data.status]] : [],
  );
}

test("progress and a model's stream are parts of one UI message", async () => {
  const { message, chunks } = await received(async (writer) => {
    // Before all else: the SDK's reader begins the message anew at a start with an id, and forgets what came before.
    writer.write({ type: "start" });
    const sinks = [aiSdk({ write: (chunk) => writer.write(chunk) })];
    const progress = createProgress({ name: "answer", sinks });
    const execute = (): Promise<string> =>
      progress.step("look", (step) => {
        step.note("a.ts");
        return "a.ts, b.ts";
      });
    const result = streamText({
      model: looking(),
      prompt: "How many?",
      tools: { look: tool({ inputSchema: z.object({}), execute }) },
      stopWhen: isStepCount(3),
    });
    writer.merge(toUIMessageStream({ stream: result.stream, sendStart: false }));
    await result.text;
    progress.end();
  });
  expect(nodesOf(message)).toEqual([
    ["answer", "done"],
    ["look", "done"],
  ]);
  expect(message.parts).toContainEqual(expect.objectContaining({ type: "text", text: "two files" }));
  expect(message.parts).toContainEqual(expect.objectContaining({ type: "tool-look", output: "a.ts, b.ts" }));
  // Notes are told on the way, and not kept.
  expect(chunks).toContainEqual(expect.objectContaining({ type: "data-progress", transient: true }));
});

test("the progress of a harness's run and of the agents below it are parts of a UI message", async () => {
  const reader = defineAgent({ name: "reader", run: (run) => run.progress.step("a.ts", () => "read") });
  const main = defineAgent({ name: "main", run: (run) => run.dispatch(reader, null) });
  await using harness = createHarness({ agents: [reader, main], logger: { warn() {} } });
  const { message } = await received(async (writer) => {
    const sink = aiSdk({ write: (chunk) => writer.write(chunk) });
    const run = await harness.submit(main, null, { caller: "ada" });
    for await (const event of run.events()) if (event.type === "progress") sink.emit(event.progress);
  });
  expect(nodesOf(message)).toEqual([
    ["main", "done"],
    ["reader", "done"],
    ["a.ts", "done"],
  ]);
});
