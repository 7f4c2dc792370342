import { agentTool } from "@executus/ai-sdk";
import { type Agent, defineAgent, type RunContext } from "@executus/harness";
import type { Tool } from "ai";
import { z } from "zod";
import type { Cell } from "../review/cell.ts";
import type { DeskAgentsOptions, ReviewedRepository } from "./desk-agents.ts";

const question = z.object({
  line: z.number().int().min(1).describe("1-based line in the file under review"),
  rule: z.string().min(1).describe("the rule or the short name of the fault"),
  question: z.string().min(1).describe("what is to be looked at once more"),
});

const secondOpinionInput = question.extend({
  repo: z.string(),
  base: z.string().optional(),
  path: z.string(),
  reviewer: z.string(),
  model: z.string(),
});
export type SecondOpinionInput = z.infer<typeof secondOpinionInput>;

export interface SecondOpinion {
  readonly agrees: boolean;
  readonly why: string;
}

export function secondOpinionAgent({
  lane = "review",
}: DeskAgentsOptions): Agent<SecondOpinionInput, SecondOpinion> {
  return defineAgent({
    name: "second-opinion",
    lane,
    input: secondOpinionInput,
    run: () => ({ agrees: true, why: "Not built yet." }),
  });
}

export interface SecondOpinionFor extends ReviewedRepository {
  readonly cell: Cell;
}

/** The agent as a tool of one cell: the model says which finding, the cell says of which file. */
export function secondOpinionTool(
  context: RunContext,
  agent: Agent<SecondOpinionInput, SecondOpinion>,
  { repo, base, cell: { file, reviewer, model } }: SecondOpinionFor,
): Tool {
  const about = { repo, base, path: file.path, reviewer: reviewer.name, model: model.id };
  return agentTool(
    {
      dispatch: (name, input, options) =>
        context.dispatch(name, { ...(input as z.infer<typeof question>), ...about }, options),
    },
    { ...agent, run: agent.run },
    { description: "Asks another agent to look at one finding once more.", inputSchema: question as never },
  ) as Tool;
}
