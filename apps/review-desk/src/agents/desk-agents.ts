import type { Agent, AnyAgent, RunContext } from "@executus/harness";
import { drillNotice } from "../model/drill-models.ts";
import type { Cell } from "../review/cell.ts";
import type { CellHelpers } from "../review/cell-helpers.ts";
import type { DeskAgentsOptions, ReviewedRepository } from "./desk-agents-options.ts";
import { handBackTool } from "./hand-back.ts";
import { type PatcherInput, type PatcherOutput, patcherAgent } from "./patcher.ts";
import {
  type SecondOpinion,
  type SecondOpinionInput,
  secondOpinionAgent,
  secondOpinionTool,
} from "./second-opinion.ts";

export interface DeskAgents {
  /** Applies a patch if the caller may; its text says what became of it, also of a refusal. */
  readonly patcher: Agent<PatcherInput, PatcherOutput>;
  /** Looks at one finding once more. */
  readonly secondOpinion: Agent<SecondOpinionInput, SecondOpinion>;
  /** All of them, for `createHarness`. */
  readonly agents: readonly AnyAgent[];
  /**
   * What the cells of a run are given beside their own tools, for `reviewCell(cell, { …, helpers: helpersOf(cell) })`. To be called
   * in the code of the run, not in a cell: what the helpers start stands below that run.
   */
  cellHelpers(context: RunContext, reviewed: ReviewedRepository): (cell: Cell) => CellHelpers;
}

/** The agents of the desk beyond `review`. */
export function deskAgents(options: DeskAgentsOptions): DeskAgents {
  const patcher = patcherAgent(options);
  const secondOpinion = secondOpinionAgent(options);
  return {
    patcher,
    secondOpinion,
    agents: [patcher, secondOpinion],
    cellHelpers: (context, reviewed) => (cell) => ({
      tools: {
        second_opinion: secondOpinionTool(context, secondOpinion, { ...reviewed, cell }),
        ...(drillNotice(cell.model.id) !== undefined && { hand_back: handBackTool(context, reviewed) }),
      },
      telemetry: [],
    }),
  };
}
