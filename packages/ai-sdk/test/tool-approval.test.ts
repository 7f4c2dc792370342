import { allowIds, createIdentity } from "@executus/identity";
import { generateText, isStepCount, tool, ToolLoopAgent } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { type RequireAction, toolApproval, type ToolApprovalOptions } from "../src/index.ts";
import { text, toolCall } from "./answers.ts";

/** Lets a model call a tool, and says how often it ran and what the model read of it. */
async function call(requireAction: RequireAction, options?: ToolApprovalOptions) {
  const model = new MockLanguageModelV4({ doGenerate: [toolCall("patch", {}), text("done")] });
  const execute = vi.fn<() => Promise<string>>(() => Promise.resolve("patched"));
  await generateText({
    model,
    prompt: "hi",
    tools: { patch: tool({ inputSchema: z.object({}), execute }) },
    toolApproval: toolApproval(requireAction, options),
    stopWhen: isStepCount(3),
  });
  return { runs: execute.mock.calls.length, read: model.doGenerateCalls[1]?.prompt.at(-1) };
}

const ada = { platform: "test", id: "ada" };
const bob = { platform: "test", id: "bob" };
const identity = createIdentity({ policy: allowIds(["test/ada"], ["tool:*"]) });

test("toolApproval() runs a tool for somebody who may", async () => {
  const { runs } = await call((action) => identity.require(ada, action));
  expect(runs).toBe(1);
});

test("toolApproval() denies a tool to somebody who may not, and the model reads why", async () => {
  const { runs, read } = await call((action) => identity.require(bob, action));
  expect(runs).toBe(0);
  expect(read).toMatchObject({
    content: [{ output: { type: "execution-denied", reason: "Cannot do this: it is not allowed" } }],
  });
});

test("toolApproval() is one for an agent whose tools have types of their own", async () => {
  const model = new MockLanguageModelV4({ doGenerate: [toolCall("patch", { line: 7 }), text("done")] });
  const execute = vi.fn<(input: { line: number }) => string>(() => "patched");
  const agent = new ToolLoopAgent({
    model,
    tools: { patch: tool({ inputSchema: z.object({ line: z.number() }), execute }) },
    toolApproval: toolApproval((action) => identity.require(bob, action)),
  });
  await agent.generate({ prompt: "hi" });
  expect(execute).not.toHaveBeenCalled();
});

test("toolApproval() asks for the action that it is told", async () => {
  const asked: string[] = [];
  await call((action) => Promise.resolve(asked.push(action)), { action: (name) => `${name}:run` });
  expect(asked).toEqual(["patch:run"]);
});

test("toolApproval() denies when the check fails, and tells of that", async () => {
  const warn = vi.fn<(context: object, message: string) => void>();
  const { runs, read } = await call(() => Promise.reject(new Error("ldap://10.0.0.1")), {
    logger: { warn },
  });
  expect(runs).toBe(0);
  expect(JSON.stringify(read)).not.toContain("ldap");
  expect(warn).toHaveBeenCalledOnce();
});
