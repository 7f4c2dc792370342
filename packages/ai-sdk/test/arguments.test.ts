import { createLane } from "@executus/lane";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  agentTool,
  attachFiles,
  fileTool,
  guardTelemetry,
  laneMiddleware,
  structured,
  toolApproval,
} from "../src/index.ts";

const lane = createLane({ name: "llm", maxConcurrent: 1 });
const code = async (): Promise<never> => Promise.reject(new Error("not called"));
const schema = z.object({});
const agent = { name: "a", input: schema, run: code };
const run = { dispatch: code };
const tool = { inputSchema: schema, execute: code } as never;
const question = { model: "openai/none", schema, prompt: "hi" };

/** Of each call: what is wrong, and the call. */
const calls: readonly (readonly [problem: string, call: (bad: never) => unknown])[] = [
  ["Cannot create lane middleware: 'options' must be an object", (bad) => laneMiddleware(lane, bad)],
  [
    "Cannot create lane middleware: 'logger' must have a method warn",
    (bad) => laneMiddleware(lane, { logger: bad }),
  ],
  ["Cannot attach files: 'attach' must be a function", (bad) => attachFiles(bad)],
  ["Cannot attach files: 'options' must be an object", (bad) => attachFiles(code, bad)],
  ["Cannot make a file tool: 'attach' must be a function", (bad) => fileTool(bad, tool)],
  ["Cannot make a file tool: 'tool' must be an object", (bad) => fileTool(code, bad)],
  ["Cannot make a file tool: 'options' must be an object", (bad) => fileTool(code, tool, bad)],
  ["Cannot approve tools: 'requireAction' must be a function", (bad) => toolApproval(bad)],
  ["Cannot approve tools: 'options' must be an object", (bad) => toolApproval(code, bad)],
  ["Cannot approve tools: 'action' must be a function", (bad) => toolApproval(code, { action: bad })],
  [
    "Cannot make a tool of an agent: 'run' must have a method dispatch",
    (bad) => agentTool(bad, agent, { description: "" }),
  ],
  [
    "Cannot make a tool of an agent: 'agent' must be an agent",
    (bad) => agentTool(run, bad, { description: "" }),
  ],
  ["Cannot make a tool of agent \"a\": 'options' must be an object", (bad) => agentTool(run, agent, bad)],
  [
    "Cannot make a tool of agent \"a\": 'description' must be a string",
    (bad) => agentTool(run, agent, { description: bad }),
  ],
  ["Cannot create guard telemetry: 'options' must be an object", (bad) => guardTelemetry(run, bad)],
  [
    "Cannot create guard telemetry: 'agents' must be an object",
    (bad) => guardTelemetry(run, { agents: bad }),
  ],
  [
    "Cannot create guard telemetry: 'agents.ask' must be a string",
    (bad) => guardTelemetry(run, { agents: { ask: bad } }),
  ],
  ["Cannot ask for structured output: 'options' must be an object", (bad) => structured(bad)],
  [
    "Cannot ask for structured output: 'model' must be a model",
    (bad) => structured({ ...question, model: bad }),
  ],
  [
    "Cannot ask for structured output: 'schema' must be a schema",
    (bad) => structured({ ...question, schema: bad }),
  ],
  [
    "Cannot ask for structured output: 'prompt' must be a string or messages",
    (bad) => structured({ ...question, prompt: bad }),
  ],
  [
    "Cannot ask for structured output: 'signal' must be an AbortSignal",
    (bad) => structured({ ...question, signal: bad }),
  ],
];

test.each(calls)("bad arguments are one TypeError: %s", async (problem, call) => {
  for (const bad of [null, 5] as const) {
    const called = (async () => call(bad as never))();
    await expect(called).rejects.toThrow(TypeError);
    await expect(called).rejects.toThrow(`${problem}: received ${bad}`);
  }
});

test("fileTool() of a tool that gives no files says so", async () => {
  const noFiles = fileTool(code, { inputSchema: schema, execute: async () => ({ text: "none" }) } as never);
  const execute = noFiles.execute as unknown as (input: object, options: object) => Promise<unknown>;
  await expect(execute({}, {})).rejects.toThrow(
    "Cannot attach the files of a tool: its result has no 'files': received an object",
  );
});
