import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { createLane, type Lane } from "@executus/lane";
import { generateText, type LanguageModel, streamText, wrapLanguageModel } from "ai";
import { expect, test } from "vitest";
import { z } from "zod";
import { laneMiddleware, type LaneMiddlewareOptions, structured } from "../src/index.ts";
import { modelServer, type ModelRequest } from "./model-server.ts";

function through(baseURL: string, lane: Lane, options?: LaneMiddlewareOptions): LanguageModel {
  const provider = createOpenAICompatible({ name: "local", baseURL, includeUsage: true });
  return wrapLanguageModel({ model: provider("m"), middleware: laneMiddleware(lane, options) });
}

test("over HTTP a refusal for load holds the lane, and the call is tried again", async () => {
  const replies = [{ status: 429, headers: { "retry-after-ms": "20" } }, "ok"];
  await using server = await modelServer(() => replies.shift() ?? "none");
  const events: string[] = [];
  const lane = createLane({
    name: "llm",
    maxConcurrent: 1,
    onEvent: ({ type }) => {
      events.push(type);
    },
  });
  const { text } = await generateText({ model: through(server.url, lane), prompt: "hi" });
  expect(text).toBe("ok");
  expect(events).toContain("lane-held");
});

test("over HTTP a stream holds its slot to the end, and settles what it used", async () => {
  await using server = await modelServer(() => "to be or not");
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const settled: number[] = [];
  const reserve = () => ({ settle: (actual: number) => void settled.push(actual) });
  const model = through(server.url, lane, { reserve });
  const texts = await Promise.all([1, 2, 3].map(() => streamText({ model, prompt: "hi" }).text));
  expect(texts).toEqual(["to be or not", "to be or not", "to be or not"]);
  expect(settled).toEqual([42, 42, 42]);
  expect((await lane.stats()).running).toBe(0);
});

test("over HTTP an aborted stream frees its slot", async () => {
  await using server = await modelServer(() => new Promise<string>(() => {}));
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const abort = new AbortController();
  const model = through(server.url, lane);
  const { stream } = streamText({ model, prompt: "hi", abortSignal: abort.signal, onError() {} });
  const types: string[] = [];
  for await (const { type } of stream) {
    types.push(type);
    if (type === "start") abort.abort();
  }
  expect(types).toContain("abort");
  expect(await lane.stats()).toMatchObject({ running: 0, queued: 0 });
});

test("over HTTP structured() has an answer mended that does not fit", async () => {
  const requests: ModelRequest[] = [];
  const replies = ['{"age":"old"}', '{"age":7}'];
  await using server = await modelServer((request) => {
    requests.push(request);
    return replies.shift() ?? "none";
  });
  const provider = createOpenAICompatible({
    name: "local",
    baseURL: server.url,
    supportsStructuredOutputs: true,
  });
  const result = await structured({
    model: provider("m"),
    schema: z.object({ age: z.number() }),
    prompt: "How old?",
  });
  expect(result).toEqual({ value: { age: 7 }, attempts: 2, tokens: 84 });
  expect(requests[0]?.response_format).toMatchObject({ type: "json_schema" });
  expect(requests[1]?.messages[1]).toEqual({ role: "assistant", content: '{"age":"old"}' });
});
