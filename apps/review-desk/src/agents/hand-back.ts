import { agentTool } from "@executus/ai-sdk";
import type { RunContext } from "@executus/harness";
import type { Tool } from "ai";
import { z } from "zod";
import type { ReviewedRepository } from "./desk-agents-options.ts";

/** A tool for drills only: it starts the review of the whole repository, out of a cell of just such a review. */
export function handBackTool(context: RunContext, reviewed: ReviewedRepository): Tool {
  const dispatcher = {
    dispatch: (agent: string, _input: unknown, options: { readonly signal?: AbortSignal | undefined } = {}) =>
      context.dispatch(agent, reviewed, options),
  };
  return agentTool<object, unknown>(
    dispatcher,
    { name: "review", run: () => undefined },
    {
      description: "Hands the task back to the agent that reviews the repository.",
      inputSchema: z.object({}),
    },
  ) as Tool;
}
