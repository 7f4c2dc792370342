import { tool, ToolLoopAgent, wrapLanguageModel, type LanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, test } from "vitest";
import { z } from "zod";
import type { DispatchGuard, GuardEvent } from "../src/index.ts";
import { createDispatchGuard, GuardError } from "../src/index.ts";

type Answer = Awaited<ReturnType<MockLanguageModelV4["doGenerate"]>>;

const tokensPerCall = 30;

const usage: Answer["usage"] = {
  inputTokens: { total: 20, noCache: 20, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 10, text: 10, reasoning: undefined },
};

function say(text: string): Answer {
  return {
    content: [{ type: "text", text }],
    finishReason: { unified: "stop", raw: "stop" },
    usage,
    warnings: [],
  };
}

function call(toolName: string, input: object): Answer {
  const part = {
    type: "tool-call",
    toolCallId: `call-${toolName}`,
    toolName,
    input: JSON.stringify(input),
  } as const;
  return { content: [part], finishReason: { unified: "tool-calls", raw: "tool_calls" }, usage, warnings: [] };
}

/** Every model call takes its tokens out of the tree's budget before it is made. */
function budgeted(guard: DispatchGuard, model: MockLanguageModelV4): LanguageModel {
  return wrapLanguageModel({
    model,
    middleware: {
      specificationVersion: "v4",
      wrapGenerate: async ({ doGenerate }) => {
        const reservation = guard.current()?.reserve("tokens", 50);
        if (reservation?.code) throw new GuardError(reservation);
        const result = await doGenerate();
        reservation?.settle((result.usage.inputTokens.total ?? 0) + (result.usage.outputTokens.total ?? 0));
        return result;
      },
    },
  });
}

/** A tool that hands a task to another agent, and answers a refusal with its plain value. */
function agentTool(guard: DispatchGuard, id: string, run: (task: string) => Promise<string>) {
  return tool({
    description: `Hands a task to ${id}.`,
    inputSchema: z.object({ task: z.string() }),
    execute: async ({ task }) => {
      try {
        return await guard.dispatch(id, () => run(task));
      } catch (error) {
        if (error instanceof GuardError) return error.refusal;
        throw error;
      }
    },
  });
}

/** An AI SDK agent that calls a plain function that calls an AI SDK agent that tries to call the first one. */
function program(guard: DispatchGuard) {
  const plannerModel = new MockLanguageModelV4({
    doGenerate: [call("research", { task: "facts" }), say("planned")],
  });
  const writerModel = new MockLanguageModelV4({
    doGenerate: [call("plan", { task: "again" }), say("written")],
  });
  const planner = (task: string): Promise<string> =>
    new ToolLoopAgent({
      model: budgeted(guard, plannerModel),
      tools: { research: agentTool(guard, "researcher", researcher) },
    })
      .generate({ prompt: task })
      .then(({ text }) => text);
  const researcher = async (task: string): Promise<string> =>
    `sources for ${task}, ${await guard.dispatch("writer", () => writer(task))}`;
  const writer = (task: string): Promise<string> =>
    new ToolLoopAgent({
      model: budgeted(guard, writerModel),
      tools: { plan: agentTool(guard, "planner", planner) },
    })
      .generate({ prompt: task })
      .then(({ text }) => text);
  return { planner, plannerModel, writerModel };
}

test("ancestry and budgets hold through AI SDK agents and plain functions under one guard", async () => {
  const events: GuardEvent[] = [];
  const guard = createDispatchGuard({
    limits: { budgets: { tokens: 1000 } },
    onEvent: (event) => events.push(event),
  });
  const { planner, plannerModel, writerModel } = program(guard);
  const left = await guard.root("planner", async (root) => {
    expect(await planner("a report")).toBe("planned");
    return root.remaining();
  });
  expect(events.map(({ type, path }) => `${type} ${path?.map(({ id }) => id).join(">")}`)).toEqual([
    "dispatch-start planner",
    "dispatch-start planner>researcher",
    "dispatch-start planner>researcher>writer",
    "dispatch-refuse planner>researcher>writer",
    "dispatch-end planner>researcher>writer",
    "dispatch-end planner>researcher",
    "dispatch-end planner",
  ]);
  expect(JSON.stringify(writerModel.doGenerateCalls[1]?.prompt)).toContain(
    "the task would go round in circles",
  );
  expect(JSON.stringify(plannerModel.doGenerateCalls[1]?.prompt)).toContain("sources for facts, written");
  expect(left).toMatchObject({ dispatches: 62, budgets: { tokens: 1000 - 4 * tokensPerCall } });
});

test("a budget that is used up by an agent below is refused to all, and the work ends", async () => {
  const guard = createDispatchGuard({ limits: { budgets: { tokens: 100 } } });
  const { planner, writerModel } = program(guard);
  const failure = await guard.root("planner", () => planner("a report")).catch((error: unknown) => error);
  // Two calls at 30 are made; with 40 left, no third one gets the 50 that it asks for.
  expect(failure).toMatchObject({ code: "GUARD_BUDGET", limit: 100, observed: 2 * tokensPerCall });
  expect(writerModel.doGenerateCalls).toHaveLength(1);
});

test("a tool that lets the error through needs nothing more: the model reads the sentence", async () => {
  const guard = createDispatchGuard({ limits: { maxDepth: 0 } });
  const model = new MockLanguageModelV4({ doGenerate: [call("help", {}), say("alone")] });
  const help = tool({ inputSchema: z.object({}), execute: () => guard.dispatch("helper", () => "helped") });
  const agent = new ToolLoopAgent({ model, tools: { help } });
  const { text } = await guard.root("planner", () => agent.generate({ prompt: "a report" }));
  expect(text).toBe("alone");
  expect(JSON.stringify(model.doGenerateCalls[1]?.prompt)).toContain(
    "you may not start other agents here. Finish with your own tools.",
  );
});

test("a tool is hidden where its dispatch would be refused, by the same predicate", async () => {
  const guard = createDispatchGuard({ limits: { maxFanOut: 1 } });
  const model = new MockLanguageModelV4({ doGenerate: [call("help", {}), say("done")] });
  const help = tool({ inputSchema: z.object({}), execute: () => guard.dispatch("helper", () => "helped") });
  const agent = new ToolLoopAgent({
    model,
    tools: { help },
    prepareStep: () => (guard.check("helper") ? { activeTools: [] } : {}),
  });
  await guard.root("planner", () => agent.generate({ prompt: "a report" }));
  expect(model.doGenerateCalls.map(({ tools }) => tools?.length ?? 0)).toEqual([1, 0]);
});
