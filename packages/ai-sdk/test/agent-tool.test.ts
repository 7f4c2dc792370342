import { createHarness, defineAgent, type HarnessOptions, type RunContext } from "@executus/harness";
import { createLane } from "@executus/lane";
import {
  generateText,
  isStepCount,
  type LanguageModel,
  streamText,
  type ToolSet,
  wrapLanguageModel,
} from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { type AgentDispatcher, agentTool, laneMiddleware } from "../src/index.ts";
import { failureOf, streamOf, text, textParts, toolCall, toolsFinish } from "./answers.ts";

const silent = { warn: (): void => {} };
const topic = z.object({ topic: z.string() });

/** Runs one agent with the code that is given, and gives what it gave. */
async function runOne(
  code: (context: RunContext) => unknown,
  options: Partial<HarnessOptions> = {},
): Promise<unknown> {
  const main = defineAgent({ name: "main", run: (context) => code(context) });
  const agents = [main, ...(options.agents ?? [])];
  await using harness = createHarness({ logger: silent, ...options, agents });
  const run = await harness.submit(main, null, { caller: "ada" });
  return await run.result;
}

/** A model that calls a tool once, then answers. */
function asking(toolName: string, input: unknown = { topic: "lanes" }): MockLanguageModelV4 {
  return new MockLanguageModelV4({ doGenerate: [toolCall(toolName, input), text("done")] });
}

/** What the tool gave in the first step. */
async function outputOf(model: LanguageModel, tools: ToolSet): Promise<unknown> {
  const { steps } = await generateText({ model, tools, prompt: "hi", stopWhen: isStepCount(3) });
  return steps[0]?.toolResults[0]?.output;
}

const researcher = defineAgent({
  name: "researcher",
  input: topic,
  run: (context, { topic: about }) => `${context.caller} asked about ${about}`,
});

test("agentTool() gives the model what the agent gives", async () => {
  const model = asking("research");
  await runOne(
    (run) => outputOf(model, { research: agentTool(run, researcher, { description: "Finds sources" }) }),
    { agents: [researcher] },
  );
  expect(model.doGenerateCalls[1]?.prompt.at(-1)).toMatchObject({
    role: "tool",
    content: [{ toolName: "research", output: { type: "text", value: "ada asked about lanes" } }],
  });
  expect(model.doGenerateCalls[0]?.tools).toMatchObject([
    {
      name: "research",
      description: "Finds sources",
      inputSchema: { properties: { topic: { type: "string" } } },
    },
  ]);
});

test("agentTool() leaves it to the agent to transform its input, once", async () => {
  const input = z.object({ days: z.string().transform(Number) });
  const counter = defineAgent({ name: "counter", input, run: (_, { days }) => days + 1 });
  const output = await runOne(
    (run) =>
      outputOf(asking("count", { days: "7" }), { count: agentTool(run, counter, { description: "" }) }),
    { agents: [counter] },
  );
  expect(output).toBe(8);
});

test("agentTool() gives nothing as null when its agent gives nothing", async () => {
  const quiet = defineAgent({ name: "quiet", input: topic, run: () => {} });
  const model = asking("ask");
  await runOne((run) => outputOf(model, { ask: agentTool(run, quiet, { description: "" }) }), {
    agents: [quiet],
  });
  expect(model.doGenerateCalls[1]?.prompt.at(-1)).toMatchObject({
    content: [{ output: { type: "json", value: null } }],
  });
});

test("agentTool() gives a refusal as a value that the model reads", async () => {
  const output = await runOne(
    (run) => outputOf(asking("research"), { research: agentTool(run, researcher, { description: "" }) }),
    { agents: [researcher], guard: { limits: { maxDepth: 0 } } },
  );
  expect(output).toMatchObject({ ok: false, code: "GUARD_DEPTH", limit: 0, retryable: false });
});

test("agentTool() refuses an agent that stands above, through nested agents and their models", async () => {
  const input = topic;
  const seen: unknown[] = [];
  const a = defineAgent({
    name: "a",
    input,
    run: async (run): Promise<string> => {
      const ask = agentTool(run, b, { description: "", inputSchema: input });
      await outputOf(asking("ask"), { ask });
      return "a";
    },
  });
  const b = defineAgent({
    name: "b",
    input,
    run: async (run): Promise<string> => {
      seen.push(await outputOf(asking("ask"), { ask: agentTool(run, a, { description: "" }) }));
      return "b";
    },
  });
  await runOne((run) => outputOf(asking("ask"), { ask: agentTool(run, a, { description: "" }) }), {
    agents: [a, b],
  });
  expect(seen).toMatchObject([{ ok: false, code: "GUARD_CYCLE" }]);
});

test("agentTool() tells the model that an agent failed, and nothing of how", async () => {
  const broken = defineAgent({
    name: "broken",
    input: topic,
    run: () => Promise.reject(new Error("password=hunter2")),
  });
  const warn = vi.fn<(context: object, message: string) => void>();
  const output = await runOne(
    (run) => outputOf(asking("ask"), { ask: agentTool(run, broken, { description: "", logger: { warn } }) }),
    { agents: [broken] },
  );
  expect(output).toEqual({
    ok: false,
    code: "AI_AGENT_FAILED",
    message: 'The agent "broken" failed. Do without it, or say that it failed.',
    retryable: false,
  });
  expect(warn).toHaveBeenCalledOnce();
});

test("agentTool() stops its agent when the call is aborted, and the call rejects with the reason", async () => {
  const abort = new AbortController();
  let stopped: unknown;
  const slow = defineAgent({
    name: "slow",
    input: topic,
    run: (context) =>
      new Promise<string>((_, reject) => {
        context.signal.addEventListener("abort", () => {
          stopped = context.signal.reason;
          reject(stopped as Error);
        });
        abort.abort(new Error("enough"));
      }),
  });
  await runOne(
    async (run) => {
      const tools = { ask: agentTool(run, slow, { description: "" }) };
      const middleware = laneMiddleware(createLane({ name: "llm", maxConcurrent: 1 }));
      const model = wrapLanguageModel({ model: asking("ask"), middleware });
      const call = generateText({
        model,
        tools,
        prompt: "hi",
        stopWhen: isStepCount(3),
        abortSignal: abort.signal,
      });
      expect(await failureOf(call)).toEqual(new Error("enough"));
    },
    { agents: [slow] },
  );
  expect(stopped).toEqual(new Error("enough"));
});

test("agentTool() to a depth above the slots of runs and of models finishes, in streams", async () => {
  const lane = createLane({ name: "llm", maxConcurrent: 1 });
  const names = ["a", "b", "c"];
  const agents = names.map((name, index) =>
    defineAgent({
      name,
      input: topic,
      run: async (run): Promise<string> => {
        const next = names[index + 1];
        const call = { type: "tool-call", toolCallId: "1", toolName: "ask", input: '{"topic":"x"}' } as const;
        const answers = [...(next ? [streamOf([call, toolsFinish])] : []), streamOf(textParts(name))];
        const model = wrapLanguageModel({
          model: new MockLanguageModelV4({ doStream: answers }),
          middleware: laneMiddleware(lane),
        });
        const child = { name: next ?? "none", input: topic, run: () => "" };
        const ask = agentTool(run, child, { description: "" });
        const result = streamText({ model, prompt: "hi", tools: { ask }, stopWhen: isStepCount(3) });
        const below = (await result.steps)[0]?.toolResults[0]?.output;
        return `${name}${typeof below === "string" ? below : ""}`;
      },
    }),
  );
  const output = await runOne((run) => run.dispatch("a", { topic: "x" }), {
    agents,
    lanes: { default: { maxConcurrent: 1 } },
  });
  expect(output).toBe("abc");
});

test("agentTool() refuses an agent without a schema for its input", () => {
  const plain = defineAgent({ name: "plain", run: () => 1 });
  const run: AgentDispatcher = { dispatch: () => Promise.resolve(1) };
  expect(() => agentTool(run, plain, { description: "" })).toThrow(
    `Cannot make a tool of agent "plain": it has no 'input', and 'inputSchema' is undefined`,
  );
});

test("the context of a harness's run is an AgentDispatcher", () => {
  expectTypeOf<RunContext>().toExtend<AgentDispatcher>();
});

test("agentTool() rejects with the signal's reason, as the SDK expects of a tool that is aborted", async () => {
  const abort = new AbortController();
  const run: AgentDispatcher = {
    dispatch() {
      abort.abort(new Error("enough"));
      return Promise.reject(abort.signal.reason as Error);
    },
  };
  const warn = vi.fn<(context: object, message: string) => void>();
  const ask = agentTool(run, researcher, { description: "", logger: { warn } });
  const options = { toolCallId: "1", messages: [], context: {} as never, abortSignal: abort.signal };
  const call = Promise.resolve(ask.execute?.({ topic: "" }, options) as Promise<unknown>);
  expect(await failureOf(call)).toEqual(new Error("enough"));
  expect(warn).not.toHaveBeenCalled();
});
