import { createDispatchGuard, type DispatchGuard } from "@executus/dispatchguard";
import { generateText, isStepCount, streamText, tool, ToolLoopAgent, type ToolSet } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { guardTelemetry, type ToolGuard } from "../src/index.ts";
import { streamOf, text, textParts, toolCall, toolsFinish } from "./answers.ts";

const inputSchema = z.object({});

/** A user's own tool, which knows nothing of a guard. */
function ownTool(execute: () => Promise<string>): ToolSet[string] {
  return tool({ inputSchema, execute });
}

function asking(toolName: string): MockLanguageModelV4 {
  return new MockLanguageModelV4({ doGenerate: [toolCall(toolName, {}), text("done")] });
}

/** A model that notes where it is called. */
function noting(guard: DispatchGuard, seen: unknown[]): MockLanguageModelV4 {
  return new MockLanguageModelV4({
    doGenerate: () => {
      seen.push(guard.current()?.path.map(({ id }) => id));
      return Promise.resolve(text("inner"));
    },
  });
}

test("guardTelemetry() lets an agent nested in the user's own tool stand below it", async () => {
  const guard = createDispatchGuard();
  const seen: unknown[] = [];
  const inner = new ToolLoopAgent({ model: noting(guard, seen) });
  const outer = new ToolLoopAgent({
    model: asking("ask"),
    tools: { ask: ownTool(async () => (await inner.generate({ prompt: "hi" })).text) },
    telemetry: { integrations: [guardTelemetry(guard, { agents: { ask: "inner" } })] },
  });
  await guard.root("outer", () => outer.generate({ prompt: "hi" }));
  expect(seen).toEqual([["outer", "inner"]]);
});

test("guardTelemetry() lets an agent nested in a tool of a stream stand below it", async () => {
  const guard = createDispatchGuard();
  const seen: unknown[] = [];
  const answers = [
    streamOf([{ type: "tool-call", toolCallId: "1", toolName: "ask", input: "{}" }, toolsFinish]),
    streamOf(textParts("done")),
  ];
  const result = await guard.root("outer", async () => {
    const stream = streamText({
      model: new MockLanguageModelV4({ doStream: answers }),
      prompt: "hi",
      tools: {
        ask: ownTool(async () => (await generateText({ model: noting(guard, seen), prompt: "hi" })).text),
      },
      stopWhen: isStepCount(3),
      telemetry: { integrations: [guardTelemetry(guard, { agents: { ask: "inner" } })] },
    });
    return await stream.text;
  });
  expect(result).toBe("done");
  expect(seen).toEqual([["outer", "inner"]]);
});

test("guardTelemetry() leaves tools that run no agent where they are", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 0 } });
  const seen: unknown[] = [];
  const note = ownTool(async () => {
    seen.push(guard.current()?.depth);
    return Promise.resolve("ok");
  });
  const model = asking("note");
  const telemetry = { integrations: [guardTelemetry(guard, { agents: {} })] };
  await guard.root("outer", () =>
    generateText({ model, prompt: "hi", tools: { note }, stopWhen: isStepCount(3), telemetry }),
  );
  expect(seen).toEqual([0]);
});

test("guardTelemetry() refuses a cycle: the tool is not run, and the model reads why", async () => {
  const guard = createDispatchGuard();
  let runs = 0;
  const model = asking("ask");
  const ask = ownTool(() => Promise.resolve(String((runs += 1))));
  const telemetry = { integrations: [guardTelemetry(guard, { agents: { ask: "outer" } })] };
  await guard.root("outer", () =>
    generateText({ model, prompt: "hi", tools: { ask }, stopWhen: isStepCount(3), telemetry }),
  );
  expect(runs).toBe(0);
  expect(model.doGenerateCalls[1]?.prompt.at(-1)).toMatchObject({
    content: [{ output: { type: "error-text", value: expect.stringContaining('"outer" was not started') } }],
  });
});

test("guardTelemetry() tells once of calls whose tool it is not told", async () => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const telemetry = guardTelemetry(createDispatchGuard(), { agents: { ask: "inner" }, logger: { warn } });
  const call = { callId: "1", toolCallId: "2", execute: () => Promise.resolve("ran") };
  expect([await telemetry.executeTool?.(call), await telemetry.executeTool?.(call)]).toEqual(["ran", "ran"]);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { error: new Error("The SDK does not name call 2") },
    "A tool could not be guarded",
  );
});

test.each([
  [undefined, {}, "'guard' must be a guard: received undefined"],
  [createDispatchGuard(), undefined, "'agents' must be an object: received undefined"],
])("guardTelemetry() refuses %j with %j", (guard, agents, message) => {
  expect(() => guardTelemetry(guard as never, { agents: agents as never })).toThrow(
    `Cannot create guard telemetry: ${message}`,
  );
});

test("a guard of @executus/dispatchguard is a ToolGuard", () => {
  expectTypeOf<DispatchGuard>().toExtend<ToolGuard>();
});
