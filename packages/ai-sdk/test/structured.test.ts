import { MockLanguageModelV4 } from "ai/test";
import { expect, test } from "vitest";
import { z } from "zod";
import { structured } from "../src/index.ts";
import { apiError, failureOf, text, toolCall } from "./answers.ts";

const schema = z.object({ age: z.number() });

function answering(...answers: readonly string[]): MockLanguageModelV4 {
  return new MockLanguageModelV4({ doGenerate: answers.map((answer) => text(answer)) });
}

test("structured() gives a value of the schema, and what it cost", async () => {
  const model = answering('{"age":7}');
  const result = await structured({ model, schema, prompt: "How old?", instructions: "Be brief" });
  expect(result).toEqual({ value: { age: 7 }, attempts: 1, tokens: 42 });
  expect(model.doGenerateCalls[0]).toMatchObject({
    responseFormat: { type: "json", schema: { properties: { age: { type: "number" } } } },
    prompt: [{ role: "system", content: "Be brief" }, { role: "user" }],
  });
});

test.each([["{"], ['{"age":"old"}'], [""]])(
  "structured() has the answer %j mended, and says what is wrong with it",
  async (wrong) => {
    const model = answering(wrong, '{"age":7}');
    const result = await structured({ model, schema, prompt: "How old?" });
    expect(result).toEqual({ value: { age: 7 }, attempts: 2, tokens: 84 });
    expect(model.doGenerateCalls[1]?.prompt.at(-1)).toMatchObject({
      role: "user",
      content: [{ text: expect.stringContaining("That answer does not fit the schema: ") }],
    });
  },
);

test("structured() takes null for an answer where the schema does", async () => {
  const model = answering("null");
  const result = await structured({ model, schema: schema.nullable(), prompt: "How old?" });
  expect(result).toEqual({ value: null, attempts: 1, tokens: 42 });
});

test("structured() gives up with AI_OUTPUT after maxRepairs", async () => {
  const model = answering("{", "{", "{", "{");
  const failure = await failureOf(structured({ model, schema, prompt: "How old?", maxRepairs: 1 }));
  expect(failure).toMatchObject({
    code: "AI_OUTPUT",
    message: "The model gave no answer that fits the schema in 2 tries",
    retryable: true,
    text: "{",
    tokens: 84,
    cause: expect.any(Error),
  });
  expect(model.doGenerateCalls).toHaveLength(2);
});

test.each(["length", "content-filter"] as const)(
  "structured() does not have an answer mended that ended by %s",
  async (unified) => {
    const cut = { ...text('{"age":'), finishReason: { unified, raw: undefined } };
    const model = new MockLanguageModelV4({ doGenerate: [cut] });
    const failure = await failureOf(structured({ model, schema, prompt: "How old?" }));
    expect(failure).toMatchObject({
      code: "AI_OUTPUT",
      text: '{"age":',
    });
    expect(model.doGenerateCalls).toHaveLength(1);
  },
);

test("structured() gives up with AI_OUTPUT when the model says nothing to its end", async () => {
  const empty = { ...text(""), content: [], finishReason: { unified: "length" as const, raw: undefined } };
  const model = new MockLanguageModelV4({ doGenerate: empty });
  const failure = await failureOf(structured({ model, schema, prompt: "How old?" }));
  expect(failure).toMatchObject({ code: "AI_OUTPUT", text: "", tokens: 42 });
});

test("structured() has an answer mended that calls a tool which is not there, and counts what it cost", async () => {
  const model = new MockLanguageModelV4({ doGenerate: [toolCall("look", {}), text('{"age":7}')] });
  const result = await structured({ model, schema, prompt: "How old?" });
  expect(result).toEqual({ value: { age: 7 }, attempts: 2, tokens: 84 });
});

test("structured() passes on what the model throws", async () => {
  const error = apiError(400);
  const model = new MockLanguageModelV4({ doGenerate: () => Promise.reject(error) });
  expect(await failureOf(structured({ model, schema, prompt: "How old?" }))).toBe(error);
});

test("structured() rejects with the reason of its signal", async () => {
  const model = new MockLanguageModelV4({
    doGenerate: ({ abortSignal }) => Promise.reject(abortSignal?.reason as Error),
  });
  const signal = AbortSignal.abort(new Error("enough"));
  expect(await failureOf(structured({ model, schema, prompt: "", signal }))).toEqual(new Error("enough"));
  expect(model.doGenerateCalls).toHaveLength(0);
});

test("structured() refuses maxRepairs of -1 before it asks", async () => {
  const model = answering();
  await expect(structured({ model, schema, prompt: "", maxRepairs: -1 })).rejects.toThrow(
    "Cannot ask for structured output: 'maxRepairs' must be a whole number of at least 0, or Infinity: received -1",
  );
  expect(model.doGenerateCalls).toHaveLength(0);
});

test("structured() rejects with the reason of its signal also if the model ignores that", async () => {
  const model = new MockLanguageModelV4({ doGenerate: () => new Promise<never>(() => {}) });
  const stop = new AbortController();
  const asked = structured({ model, schema: z.object({}), prompt: "hi", signal: stop.signal });
  const reason = new Error("the user left");
  stop.abort(reason);
  await expect(asked).rejects.toBe(reason);
});
